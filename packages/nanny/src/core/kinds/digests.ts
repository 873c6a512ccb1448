/** The hashes that a login needs; a core has no library of its own for them. */
export interface Digests {
  md5Hex(data: Uint8Array): string;
  sha1(data: Uint8Array): Buffer;
  sha256(data: Uint8Array): Buffer;
  hmacSha256(key: Uint8Array, data: Uint8Array): Buffer;
  /** PBKDF2 with HMAC-SHA-256, 32 bytes. */
  saltedPassword(password: string, salt: Uint8Array, iterations: number): Buffer;
  /** RSA with OAEP padding; undefined when the key cannot be used. */
  encryptFor(publicKeyPem: string, data: Uint8Array): Buffer | undefined;
}

/** The bytes of both combined by exclusive or; the second repeats. */
export function combined(first: Uint8Array, second: Uint8Array): Buffer {
  return Buffer.from(first.map((byte, at) => byte ^ (second[at % second.length] ?? 0)));
}
