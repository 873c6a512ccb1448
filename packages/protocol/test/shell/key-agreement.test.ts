import { describe, expect, it } from 'vitest';
import { newKeyAgreement } from '../../src/shell/key-agreement.js';

describe('an agreement on a key', () => {
  it('gives both sides the same key, another one for each pair, and nobody else any', () => {
    const [one, other, third] = [newKeyAgreement(), newKeyAgreement(), newKeyAgreement()];
    const key = one.keyWith(other.publicKey);
    expect(key).toEqual(other.keyWith(one.publicKey));
    expect(key?.secret).toHaveLength(32);
    expect(key?.id).toBeGreaterThan(0);
    expect(third.keyWith(one.publicKey)).not.toEqual(key);
    expect(third.keyWith(other.publicKey)).not.toEqual(key);
  });

  it('takes no public key whose result anybody could tell', () => {
    const side = newKeyAgreement();
    // Points of small order (RFC 7748, 6.1): the result is all zero.
    expect(side.keyWith(Buffer.alloc(32))).toBeUndefined();
    expect(side.keyWith(Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]))).toBeUndefined();
    expect(side.keyWith(Buffer.alloc(31, 9))).toBeUndefined();
  });
});
