import type { CheckSet } from './check-model.js';
import type { DirectorConfig } from './director-model.js';
import type { VipGroupConfig } from './group-model.js';
import type { Mention } from './mention-model.js';
import type { HeartbeatPathConfig } from './path-model.js';
import type { QuorumConfig } from './quorum-model.js';
import type { WatchConfig } from './watch-model.js';
import type { WeighingConfig } from './weighing-model.js';
import type { FenceConfig, WitnessConfig } from './witness-model.js';

/** The typed meaning of an lvs.cf: every value with its default filled in. Text and places live in the tree. */

export type ForwardingMethod = 'nat' | 'direct' | 'tunnel';

/** Protocols that lvs.cf knows. */
export type ServiceProtocol = 'tcp' | 'udp' | 'sctp';

export type AddressFamily = 4 | 6;

/** How connections outlast their director: told to the partner, found again by hashing, or not at all. */
export type FailoverState = 'sync' | 'hash' | 'none';

export interface DeviceAddress {
  /** Dotted IPv4 address, or IPv6 address in its canonical spelling (RFC 5952). */
  readonly address: string;
  /** Device with an optional label, such as `eth0:1`. */
  readonly device: string;
}

export interface RealServerConfig {
  readonly name: string;
  /** Dotted IPv4 address, or IPv6 address in its canonical spelling. */
  readonly address: string;
  /** The host name that stands in lvs.cf in place of the address. */
  readonly hostName?: string;
  readonly active: boolean;
  /** 0 means drained: in the table, no new connections. */
  readonly weight: number;
  /** Port that is checked and, under NAT, served. */
  readonly port: number;
  /** The server's own word, its virtual's or the global one. */
  readonly forwarding: ForwardingMethod;
  /** Connections above which the server gets no new ones; 0 = no limit. */
  readonly upperThreshold: number;
  /** Connections below which it gets new ones again; 0 = the kernel's choice, three quarters of the upper one. */
  readonly lowerThreshold: number;
  /** Its own check blocks, in place of its virtual's; undefined = none. */
  readonly check?: CheckSet | undefined;
  /** Absent: the virtual's timeout and reentry alone say how it is watched. */
  readonly watch?: WatchConfig;
  /** Absent: its weight stays as configured. */
  readonly weighing?: WeighingConfig;
  /** Line of the block's header, from 1. */
  readonly line: number;
}

/**
 * The checks of a virtual server, as nanny wants them. Texts are as written, escapes untranslated. With check blocks
 * these count, and send, expect and send_program do not.
 */
export interface CheckConfig extends CheckSet {
  readonly send: string | undefined;
  readonly expect: string | undefined;
  readonly useRegex: boolean;
  readonly sendProgram: string | undefined;
  /** Interval between checks and limit of each step, ms. */
  readonly timeoutMs: number;
  /** How long a failed server must answer before it returns, ms. */
  readonly reentryMs: number;
  readonly clientMonitor: string;
  readonly loadMonitor: string | undefined;
}

export interface VirtualServerConfig {
  readonly name: string;
  readonly line: number;
  readonly active: boolean;
  /** The VIP; undefined where the block has no address. */
  readonly address: DeviceAddress | undefined;
  readonly vipMask: string | undefined;
  /** Family of the VIP; without one that of the first active server. */
  readonly family: AddressFamily;
  readonly sorryServer: string | undefined;
  /** For the sorry server; the other servers have their own value. */
  readonly forwarding: ForwardingMethod;
  /** 0 = not keyed by a mark. */
  readonly firewallMark: number;
  readonly port: number;
  readonly protocol: ServiceProtocol;
  readonly scheduler: string;
  /** In ipvsadm's spelling and order, such as `['sh-fallback', 'sh-port']`. */
  readonly schedulerFlags: readonly string[];
  /** Every UDP packet is scheduled for itself. */
  readonly onePacket: boolean;
  /** 0 = not persistent. */
  readonly persistentSeconds: number;
  /** Dotted mask, for IPv6 the prefix length; undefined = every client its own. */
  readonly persistenceMask: string | undefined;
  readonly quiesceServer: boolean;
  /** Absent: no word about it is given, and any server will do. */
  readonly quorum?: QuorumConfig;
  /** While a smaller percentage of the servers is up, those that were up before are kept; absent: never. */
  readonly panicPercent?: number;
  readonly check: CheckConfig;
  readonly servers: readonly RealServerConfig[];
}

export interface FailoverServiceConfig {
  readonly name: string;
  readonly line: number;
  readonly active: boolean;
  readonly address: DeviceAddress | undefined;
}

/** Where mails go. */
export interface SmtpServer {
  readonly host: string;
  readonly port?: number;
}

/** Mail to people about what happened. */
export interface MailConfig {
  /** At least one address. */
  readonly to: readonly string[];
  /** Undefined = made from the name of the node. */
  readonly from: string | undefined;
  readonly subjectPrefix: string;
  /** What each daemon sends at most. */
  readonly mailsPerMinute: number;
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** PEM file of the authorities to trust; undefined = the public ones. */
  readonly caFile: string | undefined;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
}

/** Programs and people that are told what happened. */
export interface NotifyConfig {
  /** For changes of role, as written; split at blanks, no shell. */
  readonly program: string | undefined;
  /** For real servers and sorry servers. */
  readonly serverProgram: string | undefined;
  /** A takeover waits for `program`. */
  readonly waits: boolean;
  /** A voluntary move waits for `program` before the addresses go down. */
  readonly waitsToLeave: boolean;
  /** A takeover waits for active_cmd. */
  readonly activeCommandWaits: boolean;
  /** A voluntary move waits for inactive_cmd before the addresses go down. */
  readonly inactiveCommandWaits: boolean;
  /** How long each program may run, ms. */
  readonly timeoutMs: number;
  /** Undefined = the user of the daemon. */
  readonly user: string | undefined;
  /** Undefined = no mail. */
  readonly mail: MailConfig | undefined;
  /** Line of each directive of this kind that is given, by name, from 1; active_cmd and inactive_cmd too. */
  readonly lines: Readonly<Record<string, number>>;
}

/** The suite's own heartbeats, which need a key. */
export interface HeartbeatKeyConfig {
  /** Absolute path of the key file. */
  readonly file: string;
  /** Line of `heartbeat_key`, from 1; for findings about the file. */
  readonly line: number;
  readonly encrypt: boolean;
}

export interface LvsConfiguration {
  readonly serialNumber: number;
  readonly service: 'lvs' | 'fos';
  readonly primary: string | undefined;
  readonly primaryPrivate: string | undefined;
  readonly backup: string | undefined;
  readonly backupPrivate: string | undefined;
  readonly backupActive: boolean;
  /** `director` blocks by rank; none where the pair is written with `primary` and `backup`. */
  readonly directors: readonly DirectorConfig[];
  /** `heartbeat_path` blocks: paths beside the public and the private one. */
  readonly heartbeatPaths: readonly HeartbeatPathConfig[];
  readonly heartbeatPort: number;
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  /** Death is declared before the deadtime where the measured paths allow it. */
  readonly adaptive: boolean;
  /** In so many years one false takeover at most is wanted. */
  readonly falseTakeoverYears: number;
  /** When the backup hands the addresses back to a primary that was away. */
  readonly failback: 'none' | 'ready' | 'always';
  readonly failbackHoldMs: number;
  /** Authenticated heartbeats; undefined = the original's words. */
  readonly heartbeatKey: HeartbeatKeyConfig | undefined;
  /** Without a key: the own protocol is announced, to agree on one; undefined = it is not. */
  readonly heartbeatAnnounce: { readonly encrypt: boolean } | undefined;
  /** Whether the partner may read and replace this file. */
  readonly configSync: boolean;
  readonly rshCommand: string;
  /** Forwarding method where neither virtual nor server has its own. */
  readonly network: ForwardingMethod;
  readonly natRouter: DeviceAddress | undefined;
  readonly natMask: string | undefined;
  readonly monitorLinks: boolean;
  readonly failoverState: FailoverState;
  readonly syncInterface: string;
  readonly syncId: number;
  /** What happens to a change that somebody else made to our table entries: put back, or only told. */
  readonly tableDrift: 'revert' | 'report';
  /** Directory whose files take real servers out of service by their names. */
  readonly maintenanceDirectory: string | undefined;
  /** Our own TCP resets from a VIP are held back while it is taken. */
  readonly resetGuard: boolean;
  /** The kernel's settings for IPVS are set while pulse runs, and put back at its end. */
  readonly manageSysctls: boolean;
  /** 0 = leave the kernel's value. */
  readonly tcpTimeoutSeconds: number;
  readonly tcpFinTimeoutSeconds: number;
  readonly udpTimeoutSeconds: number;
  readonly hardShutdown: boolean;
  readonly activeCommand: string | undefined;
  readonly inactiveCommand: string | undefined;
  readonly notify: NotifyConfig;
  /** Third hosts that are asked when the partner is silent. */
  readonly witness: WitnessConfig;
  readonly fence: FenceConfig | undefined;
  readonly ipvsadmPath: string;
  /** Up to so many real services have a nanny process each, counted once where one probe is enough for several addresses; with more, a few processes share them. */
  readonly nannyProcesses: number;
  /** Most checks that a director begins in a second; absent = no limit. */
  readonly probesPerSecond?: number;
  /** warm: lvsd and nannies run on the standby too; cold: the original's way. */
  readonly standby: 'warm' | 'cold';
  readonly virtualServers: readonly VirtualServerConfig[];
  /** Absent: all virtual servers move together. */
  readonly vipGroups?: readonly VipGroupConfig[];
  readonly failoverServices: readonly FailoverServiceConfig[];
}

export type Severity = 'error' | 'warning';

/** One finding about a file, printed as `FILE:LINE:COLUMN: severity CODE: text`. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Stable, such as `CF_UNKNOWN_DIRECTIVE`. */
  readonly code: string;
  /** From 1; 0 where the finding has no line (empty file). */
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly hint?: string;
}

/** What reading an lvs.cf gives: a configuration only when no diagnostic is an error. */
export interface LoadResult {
  readonly file: string;
  /** Of the file's bytes, 16 hexadecimal digits: equal for equal files alone; absent where none could be read. */
  readonly hash?: string;
  readonly configuration: LvsConfiguration | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** What its active services name beyond lvs.cf; absent where the file could not be read. */
  readonly mentions?: readonly Mention[];
}
