import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSyncIdentity, syncIdentityText, syncKey } from '../../src/beat.js';
import { drawnRing } from '../support/beats.js';

/** HKDF of RFC 5869 by another implementation. */
const KNOWN = 'b7421b73a4cf7cb1857783dd003a51a4052a97b482d4be46d558c6b27ae3c681';
const IDENTITY = { from: 'primary', to: 'backup', keyId: 1 };

describe('keys for copying files', () => {
  it('are the documented derivation', () => {
    const ring = { sendId: 1, secrets: new Map([[1, createSecretKey(Buffer.alloc(32, 7))]]) };
    expect(syncKey(ring, IDENTITY)?.toString('hex')).toBe(KNOWN);
  });

  it('differ by direction and key, and a key that is not there gives none', () => {
    const ring = drawnRing(1, 2);
    const keys = [IDENTITY, { ...IDENTITY, from: 'backup', to: 'primary' }, { ...IDENTITY, keyId: 2 }].map(
      (identity) => syncKey(ring, identity)?.toString('hex'),
    );
    expect(new Set(keys).size).toBe(3);
    expect(keys).not.toContain(undefined);
    expect(syncKey(ring, { ...IDENTITY, keyId: 3 })).toBeUndefined();
  });

  it('are named by a text that is read back, and no other text is read', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,63}$/);
    fc.assert(
      fc.property(name, name, fc.integer({ min: 1, max: 2 ** 32 - 1 }), (from, to, keyId) => {
        expect(readSyncIdentity(syncIdentityText({ from, to, keyId }))).toEqual({ from, to, keyId });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = readSyncIdentity(text);
        expect(read === undefined || syncIdentityText(read) === text).toBe(true);
      }),
    );
    expect(readSyncIdentity('piranha sync 1 primary backup 1 more')).toBeUndefined();
    expect(readSyncIdentity('piranha sync 1 primary backup 01')).toBeUndefined();
  });
});
