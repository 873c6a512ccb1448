import type { PartnerState, PathQuality, Windows } from './heartbeat-measurement.js';
import type { ServerMaintenance } from './maintenance.js';
import type { DurationSummary, ProbeLoad } from './shared-nanny.js';

/** What `status` answers on the daemons' sockets; the zod twins are in `@piranha/protocol/schemas`. */

/** Something that happened, newest last; kept so that `lvsctl status` can say what happened and why. */
export interface HistoryEntry {
  /** Wall clock, ISO 8601. */
  readonly at: string;
  /** Stable event id of the log catalogue. */
  readonly event: string;
  readonly text: string;
}

export type NodeRole = 'primary' | 'backup';

export interface PathStatus {
  /** `public`, `private`, or that of a heartbeat_path block. */
  readonly name: string;
  /** To which director, where there are more than two. */
  readonly director?: string | undefined;
  readonly local: string;
  readonly partner: string;
  /** Group to which heartbeats go in place of the partner's address. */
  readonly multicast?: string | undefined;
  readonly sent: number;
  readonly received: number;
  /** Since the last valid word, ms; undefined before the first. */
  readonly silentMs?: number;
  /** Loss and lateness; undefined before the first valid word. */
  readonly quality?: Windows<PathQuality> | undefined;
}

/** Another director, where lvs.cf names them in blocks. */
export interface DirectorStatus {
  readonly name: string;
  /** 1 is the first, which is preferred. */
  readonly rank: number;
  /** `unknown`: not heard yet, and not long enough to count as dead. */
  readonly life: 'unknown' | 'alive' | 'dead';
  /** What it says that it does, such as `standby`; absent unless it lives. */
  readonly duty?: string | undefined;
  /** Since it was heard last, ms; absent where it never was. */
  readonly heardAgoMs?: number | undefined;
  /** It is heard by another director alone. */
  readonly isRelayed?: boolean | undefined;
  /** Whether it would take over well; absent where nobody knows. */
  readonly ready?: boolean | undefined;
  /** Why not. */
  readonly because?: string | undefined;
}

export interface ChildStatus {
  readonly name: string;
  readonly pid?: number;
  readonly phase: string;
  readonly starts: number;
}

/** What would outlive this director, where the kernel forwards. */
export interface SyncStatus {
  /** What the takeover machinery is at: `standby`, `serving`, `settled`, `released`, `stopped` or `none`. */
  readonly goal: string;
  /** Which sides of the kernel's connection synchronisation run. */
  readonly master: boolean;
  readonly backup: boolean;
  /** True while resets are held back around a takeover. */
  readonly guardOn: boolean;
  /** How long the backup side has listened, s: it knows the connections made or used since. */
  readonly listeningSeconds?: number | undefined;
  /** Connections in the kernel's table; `cut` past the number that is counted. */
  readonly connections?:
    | {
        readonly total: number;
        /** Learned from the partner. */
        readonly synced: number;
        readonly byState: Readonly<Record<string, number>>;
        readonly cut: boolean;
      }
    | undefined;
  /** On the node that serves: established connections and those of UDP, and how many the partner knows at least. */
  readonly coverage?:
    | {
        readonly total: number;
        readonly known: number;
        /** How long the longest idle of the others has been idle, s. */
        readonly idleSeconds?: number | undefined;
      }
    | undefined;
}

/** What the witnesses of lvs.cf say, that decide with pulse when the partner is silent. */
export interface WitnessStatus {
  readonly policy: 'advise' | 'require';
  /** How many of them must answer. */
  readonly quorum: number;
  /** Whether as many answer. */
  readonly isEnough: boolean;
  /** One line, with what follows from it. */
  readonly text: string;
  readonly targets: readonly {
    /** As lvs.cf has it. */
    readonly name: string;
    readonly reach: 'unknown' | 'reachable' | 'unreachable';
    /** Of the last answer, ms. */
    readonly roundTripMs?: number | undefined;
    /** How long ago the last answer came, ms. */
    readonly answeredAgoMs?: number | undefined;
    readonly asked: number;
    readonly answered: number;
    /** Why the last question has no answer. */
    readonly problem?: string | undefined;
  }[];
}

/** An order of maintenance standby. */
export interface MaintenanceStatus {
  readonly by: string;
  /** Wall clock, ISO 8601. */
  readonly at: string;
  /** The operator's words; empty for none. */
  readonly reason: string;
  /** It takes over all the same when the partner is dead. */
  readonly unlessAlone: boolean;
}

/** What this director would take over with. */
export interface ReadinessStatus {
  readonly ready: boolean;
  /** Why not, one text each. */
  readonly reasons: readonly string[];
  readonly tableLoaded: boolean;
  /** Every server has its first verdict. */
  readonly firstVerdicts: boolean;
  readonly serversUp: number;
  readonly serversTotal: number;
}

/** What adaptive mode makes of the deadtime. */
export interface AdaptiveStatus {
  /** Silence on all paths, ms, after which the partner counts as dead. */
  readonly thresholdMs?: number | undefined;
  /** Why it is the deadtime; never with a threshold. */
  readonly because?: string | undefined;
  /** How often a partner was declared dead early and heard again before the deadtime was over. */
  readonly falseAlarms: number;
}

/** How the partner is spoken to, and with a key what it says of itself. */
export interface HeartbeatStatus {
  /** `words`: those of the original, which anybody can forge. `announced`: authenticated, by a key that both have agreed on. */
  readonly protocol: 'words' | 'authenticated' | 'announced';
  /** With `words`: this node announces the own protocol, and has not agreed on a key yet. */
  readonly announcing?: boolean | undefined;
  /** With `announced`: no beat of the partner's is heard, and its words count. */
  readonly wordsCount?: boolean | undefined;
  /** Packets that changed nothing since the start, by reason. */
  readonly dropped?: Readonly<Record<string, number>> | undefined;
  /** Key by which this node sends; from here on absent with `words`. */
  readonly keyId?: number | undefined;
  readonly encrypted?: boolean | undefined;
  /** The lvs.cf in use here: hash of the file, serial_no. */
  readonly configuration?: BeatConfiguration | undefined;
  /** Absent as long as no session was opened with it. */
  readonly partner?:
    | {
        /** Its boot id. */
        readonly life: string;
        /** For how long the session has been open, ms. */
        readonly openMs: number;
        readonly heardAgoMs: number;
        readonly duty: string;
        /** Its guardian speaks for a pulse that is silent. */
        readonly standIn: boolean;
        readonly priority: number;
        readonly readiness: {
          readonly tableLoaded: boolean;
          readonly firstVerdicts: boolean;
          /** How much of the time after which a connection in use is told again it has listened, 0 to 100. */
          readonly listenedPercent?: number | undefined;
          /** How long it has listened to this node's connections, s. */
          readonly listenedSeconds?: number | undefined;
          readonly serversUp: number;
          readonly serversTotal: number;
        };
        readonly failure?: string | undefined;
        readonly reason: string;
        readonly configuration: BeatConfiguration;
        /** When it heard us last on each of our paths, ms ago; no time: never. Absent: it did not say. */
        readonly hearsUs?:
          | readonly { readonly name: string; readonly agoMs?: number | undefined }[]
          | undefined;
      }
    | undefined;
}

interface BeatConfiguration {
  readonly hash: string;
  readonly serial: number;
}

/** A group of addresses that move together. */
export interface GroupStatus {
  /** `main` for those in no vip_group block. */
  readonly name: string;
  readonly preferred: NodeRole;
  readonly active: boolean;
  readonly state: string;
  readonly reason: string;
  /** Wall clock of the last change, ISO 8601. */
  readonly since: string;
  /** Its addresses, held here or not. */
  readonly vips: readonly string[];
  /** What the partner says of it: `running`, `stopped`, or `silent`. */
  readonly partner?: string | undefined;
}

export interface PulseStatus {
  readonly version: string;
  readonly pid: number;
  readonly role: NodeRole;
  /** Name of this director, and its rank from 1, where lvs.cf has director blocks. */
  readonly name?: string | undefined;
  readonly rank?: number | undefined;
  /** The other directors by rank, where lvs.cf has director blocks. */
  readonly directors?: readonly DirectorStatus[] | undefined;
  readonly active: boolean;
  /** `active`, `standby`, `releasing`, `taking`… with the reason of the last change. */
  readonly state: string;
  readonly reason: string;
  /** Wall clock of the last change, ISO 8601. */
  readonly since: string;
  readonly configFile: string;
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  /** Absent unless lvs.cf says `adaptive = 1`. */
  readonly adaptive?: AdaptiveStatus | undefined;
  /** By how much the wall clock was set since this process started, ms, forward positive. */
  readonly clockStepMs?: number | undefined;
  /** Whether it would take over well; on the active director, what it serves with. */
  readonly readiness?: ReadinessStatus | undefined;
  /** Present while an operator keeps this node from taking anything by itself. */
  readonly maintenance?: MaintenanceStatus | undefined;
  readonly partner: PartnerState;
  readonly paths: readonly PathStatus[];
  /** Absent from a pulse of before. */
  readonly heartbeat?: HeartbeatStatus | undefined;
  /** Those that are held here. */
  readonly vips: readonly string[];
  /** Absent where lvs.cf has no vip_group: everything moves together. */
  readonly groups?: readonly GroupStatus[] | undefined;
  /** Absent where lvs.cf names no witness. */
  readonly witness?: WitnessStatus | undefined;
  readonly sync?: SyncStatus | undefined;
  readonly children: readonly ChildStatus[];
  readonly history: readonly HistoryEntry[];
  /** How often each event above debug came since the start; absent from a pulse of before. */
  readonly eventCounts?: Readonly<Record<string, number>> | undefined;
}

export type ServerHealth = 'up' | 'down' | 'unknown';

/** How often a server is checked, ms. */
export interface CheckIntervalStatus {
  /** From the end of a check to the begin of the next. */
  readonly configuredMs: number;
  /** From begin to begin of the last two. */
  readonly actualMs: number;
}

export interface ServerStatus {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly health: ServerHealth;
  /** Weight in the live table; undefined when the entry is not there. */
  readonly weight?: number;
  readonly configuredWeight: number;
  /** Where load, agent or slow start have brought it; absent where nothing moves it. */
  readonly movingWeight?: number | undefined;
  readonly reason: string;
  readonly since: string;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly connections: number;
  readonly nannyPid?: number;
  readonly nannyStarts: number;
  /** Absent before its second check. */
  readonly checkInterval?: CheckIntervalStatus | undefined;
  /** Present while an operator keeps it out of service, or wants to. */
  readonly maintenance?: ServerMaintenance | undefined;
}

/** What is believed of a service as a whole. */
export interface ServiceRulesStatus {
  /** Whether the servers that are up are enough; `unknown` before the first verdicts, or without a quorum. */
  readonly quorum: 'unknown' | 'reached' | 'lost';
  /** So few servers are up that those of before are kept in use. */
  readonly panicking: boolean;
  /** ADDRESS:PORT of the servers that were up when enough of them were last. */
  readonly steady: readonly string[];
}

export interface ServiceStatus {
  readonly name: string;
  /** `tcp 10.0.0.9:80` or `mark 7`. */
  readonly key: string;
  readonly scheduler: string;
  readonly sorryServer?: string;
  readonly sorryServerActive: boolean;
  /** Absent without a quorum and a panic threshold. */
  readonly rules?: ServiceRulesStatus | undefined;
  readonly servers: readonly ServerStatus[];
}

/** Checks of nannies of one real service each, since lvsd's start; durations of the last half to whole minute. */
export interface ProbeStatus {
  readonly begun: number;
  readonly failed: number;
  /** How much later than due checks began; from begin to begin of one server's. */
  readonly lateness?: DurationSummary | undefined;
  readonly interval?: DurationSummary | undefined;
}

/** Checks that all nannies begin in a second, of the last ten. */
export interface ProbeRateStatus {
  readonly madePerSecond: number;
  /** `probes_per_second`; absent without it. */
  readonly budgetPerSecond?: number | undefined;
  /** Checks that had to wait for that since lvsd's start. */
  readonly heldBack: number;
}

/** A nanny that watches many real services. */
export interface SharedNannyStatus {
  readonly name: string;
  readonly pid?: number | undefined;
  readonly starts: number;
  /** Checks that it begins in a second, of the last ten; absent from an lvsd of before. */
  readonly madePerSecond?: number | undefined;
  /** Its share of `probes_per_second`; absent without that. */
  readonly allowedPerSecond?: number | undefined;
  /** Absent until it has told. */
  readonly load?: ProbeLoad | undefined;
}

export interface LvsdStatus {
  readonly version: string;
  readonly pid: number;
  readonly configFile: string;
  readonly director: string;
  /** False while the backend cannot be reached or an operation waits for its retry. */
  readonly tableInSync: boolean;
  /** Why not, with the backend's words. */
  readonly problems: readonly string[];
  /** True once the table is loaded and every server has its first verdict. */
  readonly ready: boolean;
  readonly lastReload?: { readonly at: string; readonly ok: boolean; readonly text: string };
  readonly services: readonly ServiceStatus[];
  /** Absent where every real service has a nanny of its own. */
  readonly sharedNannies?: readonly SharedNannyStatus[] | undefined;
  /** Of the nannies of one real service each; absent from an lvsd of before. */
  readonly ownProbes?: ProbeStatus | undefined;
  /** Absent from an lvsd of before. */
  readonly probeRate?: ProbeRateStatus | undefined;
  readonly foreignEntries: readonly string[];
  readonly history: readonly HistoryEntry[];
  /** How often each event above debug came since the start; absent from an lvsd of before. */
  readonly eventCounts?: Readonly<Record<string, number>> | undefined;
}
