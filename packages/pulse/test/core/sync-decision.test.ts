import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideCopy } from '../../src/core/sync-decision.js';

const end = (hash: string, serial: number, inUse = true) => ({ hash, serial, inUse });
const push = { direction: 'push', force: false } as const;
const pull = { direction: 'pull', force: false } as const;
const copy = (serial?: number) => ({ type: 'copy', serial });
const refused = (code: string) => expect.objectContaining({ type: 'refused', code });

describe('whether a file may take the place of the other', () => {
  it.each([
    ['the same file', { ...push, own: end('a', 1), partner: end('a', 1) }, { type: 'nothing' }],
    ['the same file, unread there', { ...push, own: end('a', 1), partner: end('a', 1, false) }, copy()],
    ['a higher number', { ...push, own: end('b', 3), partner: end('a', 2) }, copy()],
    ['an equal number', { ...push, own: end('b', 2), partner: end('a', 2) }, copy(3)],
    ['no numbers', { ...push, own: end('b', 0), partner: end('a', 0) }, copy(1)],
    ['an own edit, unread', { ...push, own: end('b', 3, false), partner: end('a', 2) }, copy()],
    ['a newer one there', { ...push, own: end('b', 2), partner: end('a', 3) }, refused('SYNC_NEWER')],
    ['an edit there', { ...push, own: end('b', 3), partner: end('a', 2, false) }, refused('SYNC_EDITED')],
    ['the newer one of the partner', { ...pull, own: end('a', 2), partner: end('b', 3) }, copy()],
    ['an equal number of the partner', { ...pull, own: end('a', 2), partner: end('b', 2) }, copy()],
    [
      'an older one of the partner',
      { ...pull, own: end('a', 3), partner: end('b', 2) },
      refused('SYNC_NEWER'),
    ],
    [
      'an own edit in the way',
      { ...pull, own: end('a', 2, false), partner: end('b', 3) },
      refused('SYNC_EDITED'),
    ],
    [
      'an unread one of the partner',
      { ...pull, own: end('a', 2), partner: end('b', 3, false) },
      refused('SYNC_EDITED'),
    ],
  ] as const)('%s', (_, question, decision) => expect(decideCopy(question)).toEqual(decision));

  it('goes by the word of an operator who insists, and the number grows all the same', () => {
    const own = end('b', 2, false);
    const partner = end('a', 7, false);
    expect(decideCopy({ direction: 'push', force: true, own, partner })).toEqual(copy(8));
    expect(decideCopy({ direction: 'pull', force: true, own: partner, partner: own })).toEqual(copy());
  });

  it('never counts beyond what a number holds', () => {
    const [own, partner] = [end('b', 1), end('a', Number.MAX_SAFE_INTEGER)];
    expect(decideCopy({ direction: 'push', force: true, own, partner })).toEqual(refused('SYNC_SERIAL'));
  });

  it('leaves the partner of a push with a number above its old one, whatever was', () => {
    const side = fc.record({ hash: fc.constantFrom('a', 'b'), serial: fc.integer(), inUse: fc.boolean() });
    fc.assert(
      fc.property(side, side, fc.boolean(), (own, partner, force) => {
        const decision = decideCopy({ direction: 'push', force, own, partner });
        if (decision.type !== 'copy' || own.hash === partner.hash) return;
        expect(decision.serial ?? own.serial).toBeGreaterThan(partner.serial);
      }),
    );
  });
});
