import { createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto';
import { PUBLIC_KEY_BYTES } from '../core/announcement.js';

/** Names the use of what is agreed on, as that of a beat's key is named. */
const PURPOSE = 'piranha announce 1';
const SECRET_BYTES = 32;
const ID_BYTES = 4;
/** Before the 32 bytes of an X25519 public key in its DER form (RFC 8410). */
const DER_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');

/** A key that two directors have agreed on. */
export interface AgreedKey {
  /** 1 to 2^32 - 1. */
  readonly id: number;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** One side of an agreement. */
export interface KeyAgreement {
  /** 32 bytes, for everybody to know. */
  readonly publicKey: Buffer;
  /** What both sides make of their two public keys, and nobody else can; undefined for what is no good public key. */
  readonly keyWith: (other: Buffer) => AgreedKey | undefined;
}

/** A side with a key pair of its own, drawn now: X25519 (RFC 7748), and HKDF-SHA256 (RFC 5869) over both public keys. */
export function newKeyAgreement(): KeyAgreement {
  const pair = generateKeyPairSync('x25519');
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-PUBLIC_KEY_BYTES);
  return { publicKey, keyWith: (other) => agreedKey(pair.privateKey, publicKey, other) };
}

function agreedKey(privateKey: KeyObject, own: Buffer, other: Buffer): AgreedKey | undefined {
  let shared: Buffer;
  try {
    const publicKey = createPublicKey({
      key: Buffer.concat([DER_PREFIX, other]),
      type: 'spki',
      format: 'der',
    });
    shared = diffieHellman({ privateKey, publicKey });
  } catch {
    // A point of small order, whose result is no secret.
    return undefined;
  }
  const both = Buffer.concat([own, other].sort(Buffer.compare));
  const made = Buffer.from(hkdfSync('sha256', shared, PURPOSE, both, SECRET_BYTES + ID_BYTES));
  shared.fill(0);
  const id = made.readUInt32BE(SECRET_BYTES) || 1;
  return { id, secret: made.subarray(0, SECRET_BYTES) };
}
