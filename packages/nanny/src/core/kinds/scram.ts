import { combined, type Digests } from './digests.js';
import type { Login } from './login.js';

/** A server's hash is not computed for longer than this many rounds take. */
export const ROUNDS_LIMIT = 100_000;
const SERVER_FIRST = /^r=([!-+\--~]{1,256}),s=([A-Za-z0-9+/]{4,256}={0,2}),i=(\d{1,9})$/;

/** How many rounds a server's first message asks for; undefined where it says no number. */
export function roundsOf(serverFirst: string): number | undefined {
  const rounds = SERVER_FIRST.exec(serverFirst)?.[3];
  return rounds === undefined ? undefined : Number(rounds);
}

/** SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding, the client's side. */
export class Scram {
  private readonly firstBare: string;
  private serverSignature = '';

  constructor(
    private readonly login: Login,
    private readonly nonce: string,
    private readonly digests: Digests,
  ) {
    this.firstBare = `n=${login.user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  }

  first(): string {
    return `n,,${this.firstBare}`;
  }

  /** The answer to the server's first message; undefined when that is not acceptable. */
  final(serverFirst: string): string | undefined {
    const [, nonce = '', salt = '', rounds = ''] = SERVER_FIRST.exec(serverFirst) ?? [];
    const iterations = Number(rounds);
    if (this.serverSignature !== '') return undefined;
    if (nonce.length <= this.nonce.length || !nonce.startsWith(this.nonce)) return undefined;
    if (iterations < 1 || iterations > ROUNDS_LIMIT) return undefined;
    const { hmacSha256, sha256, saltedPassword } = this.digests;
    const password = this.login.password.normalize('NFKC');
    const salted = saltedPassword(password, Buffer.from(salt, 'base64'), iterations);
    const withoutProof = `c=biws,r=${nonce}`;
    const signed = Buffer.from(`${this.firstBare},${serverFirst},${withoutProof}`, 'utf8');
    const clientKey = hmacSha256(salted, Buffer.from('Client Key'));
    const proof = combined(clientKey, hmacSha256(sha256(clientKey), signed));
    this.serverSignature = hmacSha256(hmacSha256(salted, Buffer.from('Server Key')), signed).toString(
      'base64',
    );
    return `${withoutProof},p=${proof.toString('base64')}`;
  }

  /** True when the server has shown that it knows the password too. */
  confirms(serverFinal: string): boolean {
    return this.serverSignature !== '' && serverFinal === `v=${this.serverSignature}`;
  }
}
