import { encodeHeartbeat } from '@piranha/protocol';
import { type KeyAgreement, newKeyAgreement } from '@piranha/protocol/beat';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Announcer } from '../../src/core/announcer.js';
import { beatsCount, silenceMs, speaksWords } from '../../src/core/beats-count.js';

const WORD = encodeHeartbeat('lvs running');

describe('two directors that announce', () => {
  it('agree on one key as soon as each has heard that it is heard', () => {
    const [one, other] = [new Announcer(newKeyAgreement()), new Announcer(newKeyAgreement())];
    expect(other.hear(one.announce(WORD))).toBeUndefined();
    const first = one.hear(other.announce(WORD));
    expect(first).toBeDefined();
    expect(other.hear(one.announce(WORD))).toEqual(first);
    // Once.
    expect(one.hear(other.announce(WORD))).toBeUndefined();
    expect(other.hear(one.announce(WORD))).toBeUndefined();
  });

  it('agree whatever is lost, doubled and late, and on no two keys', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(3)), { minLength: 1, maxLength: 60 }), (steps) => {
        const sides = [new Announcer(newKeyAgreement()), new Announcer(newKeyAgreement())] as const;
        const said: [Buffer[], Buffer[]] = [[], []];
        const keys: [string[], string[]] = [[], []];
        const hear = (side: 0 | 1, datagram: Buffer): void => {
          const key = sides[side].hear(datagram);
          if (key !== undefined) keys[side].push(key.secret.toString('hex'));
        };
        for (const [isFirst, back] of steps) {
          const side = isFirst ? 0 : 1;
          said[side].push(sides[side].announce(WORD));
          const old = said[side].at(-1 - back);
          if (old !== undefined) hear(isFirst ? 1 : 0, old);
        }
        for (const side of [0, 1, 0, 1] as const) hear(side === 0 ? 1 : 0, sides[side].announce(WORD));
        expect(keys[0]).toHaveLength(1);
        expect(keys[1]).toEqual(keys[0]);
      }),
      { numRuns: 50 },
    );
  });

  it('agree on another key when one of them began anew', () => {
    const one = new Announcer(newKeyAgreement());
    const keyWithNew = (): string | undefined => {
      const other = new Announcer(newKeyAgreement());
      one.hear(other.announce(WORD));
      other.hear(one.announce(WORD));
      return one.hear(other.announce(WORD))?.secret.toString('hex');
    };
    const [first, second] = [keyWithNew(), keyWithNew()];
    expect(first).toBeDefined();
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
  });
});

describe('somebody who writes to a director but hears nothing of it', () => {
  it('gets no key out of it, and none away from the partner', () => {
    const [one, other] = [new Announcer(newKeyAgreement()), new Announcer(newKeyAgreement())];
    const stranger: KeyAgreement = newKeyAgreement();
    const guesses = [undefined, Buffer.alloc(32, 1), stranger.publicKey];
    const forged = guesses.map((heard) => {
      const datagram = new Announcer(stranger).announce(WORD);
      heard?.copy(datagram, datagram.length - 32);
      return datagram;
    });
    for (const datagram of forged) expect(one.hear(datagram)).toBeUndefined();
    other.hear(one.announce(WORD));
    for (const datagram of forged) expect(one.hear(datagram)).toBeUndefined();
    const key = one.hear(other.announce(WORD));
    expect(key).toBeDefined();
    for (const datagram of forged) expect(one.hear(datagram)).toBeUndefined();
    expect(other.hear(one.announce(WORD))).toBeUndefined();
    expect(one.hear(other.announce(WORD))).toBeUndefined();
    expect(other.hear(one.announce(WORD))).toEqual(key);
  });

  it('gets nothing by sending back what was said', () => {
    const one = new Announcer(newKeyAgreement());
    for (let round = 0; round < 3; round += 1) expect(one.hear(one.announce(WORD))).toBeUndefined();
    expect(one.hear(WORD)).toBeUndefined();
    expect(one.hear(Buffer.alloc(0))).toBeUndefined();
  });
});

describe('whether beats count, and not words', () => {
  it('is so for half the silence after which the partner would be dead', () => {
    expect(beatsCount(undefined, 1_000, 0)).toBe(false);
    expect(beatsCount({ heardMs: 100 }, 1_000, 100)).toBe(true);
    expect(beatsCount({ heardMs: 100 }, 1_000, 599)).toBe(true);
    expect(beatsCount({ heardMs: 100 }, 1_000, 600)).toBe(false);
    expect(silenceMs({ deadtimeMs: 1_000 } as never)).toBe(1_000);
    expect(silenceMs({ deadtimeMs: 1_000, adaptiveMs: 300 } as never)).toBe(300);
    expect(silenceMs({ deadtimeMs: 1_000, adaptiveMs: 3_000 } as never)).toBe(1_000);
  });

  it('is asked only where words are spoken at all', () => {
    expect(speaksWords({})).toBe(true);
    expect(speaksWords({ beat: { announced: true } as never })).toBe(true);
    expect(speaksWords({ beat: {} as never })).toBe(false);
  });
});
