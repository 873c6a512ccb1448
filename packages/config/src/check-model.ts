import type { PayloadSpec, ProtocolCheckSpec } from './check-model-protocols.js';

/** The checks of `check` blocks, plain JSON: lvs.cf gives them, lvsd hands them on, a nanny runs them. */

/** What every kind of check knows. */
export interface CheckSpecBase {
  /** Name of the block, for log lines. */
  readonly name: string;
  /** Address to ask in place of the real server's. */
  readonly address?: string;
  /** Port to ask in place of the real server's. */
  readonly port?: number;
  /** Limit of the connect, ms; absent = `timeoutMs`. */
  readonly connectTimeoutMs?: number;
  /** Limit of every other step, ms; absent = the interval of the service's checks. */
  readonly timeoutMs?: number;
}

/** A TCP connection comes about; with a payload or a reply, bytes are exchanged too. */
export interface TcpCheckSpec extends CheckSpecBase, PayloadSpec {
  readonly kind: 'tcp';
}

/** Where TLS is spoken: whom the check believes. */
export interface TlsRules {
  /** none: any certificate; ca: a valid one of a trusted authority; name: that, and it is for `serverName`. */
  readonly verify: 'none' | 'ca' | 'name';
  /** Name that is asked for (SNI) and that `verify = name` expects. */
  readonly serverName?: string;
  /** PEM file of the authorities to trust; absent = the public ones. */
  readonly caFile?: string;
  /** Warned so many days before a certificate ends; 0 = never. */
  readonly warnDays: number;
}

/** A TLS handshake comes about. */
export interface TlsCheckSpec extends CheckSpecBase {
  readonly kind: 'tls';
  readonly tls: TlsRules;
}

/** A page is asked for, and its answer judged. */
export interface PageSpec extends CheckSpecBase {
  readonly method: string;
  readonly path: string;
  readonly version: '1.0' | '1.1';
  /** For the Host header; absent = address and port. */
  readonly virtualHost?: string;
  /** `Name: value` each. */
  readonly headers: readonly string[];
  /** File of more of them, which nobody else may read. */
  readonly headersFile?: string;
  /** Accepted status codes: ranges, both ends within. */
  readonly statuses: readonly (readonly [from: number, to: number])[];
  /** Text that the body must hold. */
  readonly text?: string;
  /** POSIX extended regular expression that must match in the body. */
  readonly regex?: string;
  /** MD5 or SHA-256 of the body, by its length, in hexadecimal digits. */
  readonly digest?: string;
  /** A body with more bytes fails where it has to be read. */
  readonly bodyLimitBytes: number;
  /** The body is read whatever is asked of it. */
  readonly readsBody?: true;
}

export interface HttpCheckSpec extends PageSpec {
  readonly kind: 'http_get';
}

export interface SslCheckSpec extends PageSpec {
  readonly kind: 'ssl_get';
  readonly tls: TlsRules;
}

/** One check, told apart by its kind. */
export type CheckSpec = TcpCheckSpec | TlsCheckSpec | HttpCheckSpec | SslCheckSpec | ProtocolCheckSpec;

/** The checks of one real server: all of them must pass, or any one. */
export interface CheckSet {
  readonly require: 'all' | 'any';
  /** In the order of the file. */
  readonly specs: readonly CheckSpec[];
}
