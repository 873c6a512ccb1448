import { constants, createHash, createHmac, pbkdf2Sync, publicEncrypt } from 'node:crypto';
import type { Digests } from '../../core/kinds/digests.js';

const SALTED_BYTES = 32;

const hash = (name: string, data: Uint8Array): Buffer => createHash(name).update(data).digest();

/** The hashes of one check. The slow one is kept: a server gives the same salt each time. */
export function createDigests(): Digests {
  let kept: { readonly key: string; readonly salted: Buffer } | undefined;
  return {
    md5Hex: (data) => hash('md5', data).toString('hex'),
    sha1: (data) => hash('sha1', data),
    sha256: (data) => hash('sha256', data),
    hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
    saltedPassword: (password, salt, iterations) => {
      const key = `${iterations} ${Buffer.from(salt).toString('hex')} ${password}`;
      if (kept?.key !== key) {
        kept = { key, salted: pbkdf2Sync(password, salt, iterations, SALTED_BYTES, 'sha256') };
      }
      return kept.salted;
    },
    encryptFor: (publicKeyPem, data) => {
      try {
        return publicEncrypt({ key: publicKeyPem, padding: constants.RSA_PKCS1_OAEP_PADDING }, data);
      } catch {
        return undefined;
      }
    },
  };
}
