import type { CheckSpecBase } from './check-model.js';

/** The checks that speak a protocol, and those that ask no server; part of `CheckSpec`. */

/** Banner and EHLO. */
export interface SmtpCheckSpec extends CheckSpecBase {
  readonly kind: 'smtp';
  readonly heloName: string;
}

interface GreetingSpec extends CheckSpecBase {
  /** Logs in; absent: the greeting is enough. */
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/** Greeting and NOOP, or a login. */
export interface ImapCheckSpec extends GreetingSpec {
  readonly kind: 'imap';
}

/** Greeting, or a login. */
export interface PopCheckSpec extends GreetingSpec {
  readonly kind: 'pop';
}

/** Banner, or a login. */
export interface FtpCheckSpec extends GreetingSpec {
  readonly kind: 'ftp';
}

/** A bind, and an entry that must exist. */
export interface LdapCheckSpec extends CheckSpecBase {
  readonly kind: 'ldap';
  /** Absent: an anonymous bind. */
  readonly bindDn?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly searchBase?: string | undefined;
}

/** The server's greeting, or a login. */
export interface MysqlCheckSpec extends CheckSpecBase {
  readonly kind: 'mysql';
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
  /** The server's public key may be asked for where it wants the password itself. */
  readonly getServerPublicKey: boolean;
}

/** The answer to a start message, or a login. */
export interface PostgresqlCheckSpec extends CheckSpecBase {
  readonly kind: 'postgresql';
  readonly user: string;
  readonly database: string;
  readonly passwordFile?: string | undefined;
  readonly auth: 'any' | 'md5' | 'scram';
}

/** PING, after AUTH where there is a password. */
export interface RedisCheckSpec extends CheckSpecBase {
  readonly kind: 'redis';
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/** Types of records that can be asked for. */
export type DnsRecordType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT';

/** One question to a name server. */
export interface DnsCheckSpec extends CheckSpecBase {
  readonly kind: 'dns';
  readonly queryName: string;
  readonly queryType: DnsRecordType;
  /** A record that must be among the answers. */
  readonly answer?: string | undefined;
  readonly transport: 'udp' | 'tcp';
}

/** What is sent, and what must come back. */
export interface PayloadSpec {
  readonly payload?: string | undefined;
  readonly payloadHex?: string | undefined;
  /** The beginning of the reply. */
  readonly reply?: string | undefined;
  readonly replyHex?: string | undefined;
}

/** One datagram and its reply. */
export interface UdpCheckSpec extends CheckSpecBase, PayloadSpec {
  readonly kind: 'udp';
  readonly minimumReplyBytes: number;
  readonly maximumReplyBytes: number;
  readonly silence: 'up' | 'down';
}

/** ICMP echo. */
export interface PingCheckSpec extends CheckSpecBase {
  readonly kind: 'ping';
}

/** A file of the director. */
export interface FileCheckSpec extends CheckSpecBase {
  readonly kind: 'file';
  readonly path: string;
  readonly content?: string | undefined;
  readonly maximumAgeSeconds?: number | undefined;
  /** True: the server is up while there is no such file. */
  readonly absent: boolean;
}

/** No question to anybody. */
export interface FixedCheckSpec extends CheckSpecBase {
  readonly kind: 'fixed';
  readonly state: 'up' | 'down';
}

/** A program of the operator. */
export interface ProgramCheckSpec extends CheckSpecBase {
  readonly kind: 'program';
  readonly program: string;
  readonly arguments: 'none' | 'ldirectord';
  /** What it must print; absent: its exit status alone decides. */
  readonly output?: string | undefined;
  /** Exit statuses 2 to 255 are weights. */
  readonly miscDynamic: boolean;
}

export type ProtocolCheckSpec =
  | SmtpCheckSpec
  | ImapCheckSpec
  | PopCheckSpec
  | FtpCheckSpec
  | LdapCheckSpec
  | MysqlCheckSpec
  | PostgresqlCheckSpec
  | RedisCheckSpec
  | DnsCheckSpec
  | UdpCheckSpec
  | PingCheckSpec
  | FileCheckSpec
  | FixedCheckSpec
  | ProgramCheckSpec;
