import { patient } from '@piranha/common';

/** What travels on the Unix sockets, apart from status. Method and event names are part of the contract. */

/** Every daemon broadcasts the event `alive` to all its peers this often, ms; stretched as the limits that wait for it. */
export const ALIVE_INTERVAL_MS = patient(250);

/**
 * Environment variable that a supervisor sets for a daemon which it starts again: a file that was broken since must not
 * keep down what was running.
 */
export const RESTARTED_VARIABLE = 'PIRANHA_RESTARTED';

/**
 * Environment variable that the guardian sets for a pulse which it starts again: the key file by which the one before
 * spoke to the partner, empty where it spoke the original's words. Never a secret.
 */
export const SPOKEN_VARIABLE = 'PIRANHA_HEARTBEAT_KEY';

/**
 * Environment variable that the guardian sets for a pulse that it starts again, where there are more than two directors: the name
 * of this one and those of all by rank, as the one before had them, parted by blanks.
 */
export const DIRECTORS_VARIABLE = 'PIRANHA_DIRECTORS';

/**
 * Environment variable that the guardian sets for a pulse which adopts, where lvs.cf has groups: the names of those that the
 * one before held, but for what the guardian put down since, parted by blanks.
 */
export const HELD_GROUPS_VARIABLE = 'PIRANHA_HELD_GROUPS';

/** Environment of a nanny that lvsd started. Without the socket a nanny works alone and prints. */
export const NANNY_ENVIRONMENT = {
  /** Path of lvsd's socket. */
  socket: 'PIRANHA_LVSD_SOCKET',
  /** Name by which lvsd knows this nanny. */
  id: 'PIRANHA_NANNY_ID',
  /** `up`, `down` or `unknown`: what the server was when an earlier nanny ended. */
  state: 'PIRANHA_NANNY_STATE',
  /** JSON of its CheckSet; absent: the check that its command line describes. */
  checks: 'PIRANHA_NANNY_CHECKS',
} as const;

/** What a real server says of itself, for its weight. */
export type WeightReading =
  /** Load of the last minute, as `uptime` prints it. */
  | { readonly kind: 'load'; readonly load: number }
  | {
      readonly kind: 'agent';
      /** Share of its weight that it wants, percent. */
      readonly percent?: number | undefined;
      readonly order?: 'ready' | 'drain' | 'maint' | undefined;
    }
  /** Weight that its check asks for, 0 to 253. */
  | { readonly kind: 'check'; readonly weight: number | 'configured' };

/** Events nanny → lvsd, by name. A nanny whose connection to lvsd is lost ends. */
export interface NannyEvents {
  'nanny.hello': { readonly id: string; readonly pid: number };
  'nanny.alive': { readonly id: string };
  'nanny.result': {
    readonly id: string;
    readonly ok: boolean;
    /** Why the check failed or what it saw, one line. */
    readonly reason: string;
    readonly durationMs: number;
    /** The server's state after this result. */
    readonly up: boolean;
    /** How much later than due the check began, and how long after the one before; of a nanny of its own. */
    readonly lateMs?: number | undefined;
    readonly intervalMs?: number | undefined;
  };
  'nanny.transition': { readonly id: string; readonly up: boolean; readonly reason: string };
  'nanny.reading': { readonly id: string; readonly reading: WeightReading };
  /** A line of nanny's for lvsd to log under the ident `nanny`. */
  'nanny.log': {
    readonly id: string;
    readonly event: string;
    readonly fields: Record<string, string | number>;
  };
}

/**
 * ipvsu's methods: `table.read` → Table, `table.apply` {operations} → OperationResult[], `statistics` →
 * ServiceStatistics[], `timeouts` TableTimeouts → null, `vip.hold` VipRequest → VipAnswer, `vip.release` VipRequest →
 * VipAnswer (after the drain), `vip.list` {} → VipAnswer.
 * A service is served while it is in the table and its address is held.
 */
export interface VipRequest {
  readonly addresses: readonly string[];
}

export interface VipAnswer {
  readonly held: readonly string[];
  /** Listeners that could not be opened, one line each. */
  readonly problems: readonly string[];
}

/**
 * lvsd's methods: `status` → LvsdStatus, `reload` → ReloadAnswer, `table` → live Table and owned keys, `maintain`
 * MaintenanceRequest → MaintenanceAnswer, `maintenance` → MaintenanceAnswer, `maintenance.record` → MaintenanceExchange,
 * `maintenance.merge` MaintenanceExchange → MaintenanceExchange. Its `alive` carries:
 */
export interface LvsdAlive {
  readonly pid: number;
  /** The table is loaded and every server has its first verdict. */
  readonly ready: boolean;
  /** The live table is as it should be. */
  readonly tableInSync: boolean;
  /** Watched servers that are up, and all of them. */
  readonly serversUp: number;
  readonly serversTotal: number;
}

/**
 * pulse's methods: `status` → PulseStatus, `reload` → ReloadAnswer, `handover` HandoverRequest → HandoverAnswer,
 * `standby` StandbyRequest → HandoverAnswer, `heartbeats` → HeartbeatMeasurement.
 */
export interface ReloadAnswer {
  readonly ok: boolean;
  /** `FILE:LINE:COL: severity CODE: text`, one each. */
  readonly diagnostics: readonly string[];
  /** What changed in the table, one line each, ipvsadm's spelling. */
  readonly operations: readonly string[];
}

/** What pulse's `handover` may be told. */
export interface HandoverRequest {
  /** Although the partner is silent or not ready. */
  readonly force?: boolean | undefined;
  /** One group of addresses alone; absent: all that this node serves. */
  readonly group?: string | undefined;
  /** The partner that is meant: the operator's word for it, and its addresses. */
  readonly to?: { readonly name: string; readonly addresses: readonly string[] } | undefined;
}

/** What pulse's `standby` is told: maintenance standby on or off. */
export interface StandbyRequest {
  readonly on: boolean;
  /** Who asks. */
  readonly by: string;
  readonly reason?: string | undefined;
  /** Although nobody serves then. */
  readonly force?: boolean | undefined;
  /** Take over all the same when the partner is dead. */
  readonly unlessAlone?: boolean | undefined;
}

export interface HandoverAnswer {
  readonly ok: boolean;
  readonly text: string;
  readonly durationMs: number;
  /** Why not; absent with a yes. */
  readonly code?: string | undefined;
}

/** What the guardian needs to go on beating in the worker's life. Never a secret: keys it reads for itself. */
export interface PulseAliveBeat {
  readonly node: string;
  readonly partner: string;
  readonly keyFile: string;
  /** Grows with each time that the worker took the key file in: then the guardian does so too. */
  readonly keysTaken: number;
  readonly encrypt: boolean;
  /** The key was agreed on: words go out beside beats, and count while no beat does. */
  readonly announced?: boolean | undefined;
  readonly boot: string;
  /** Number of the newest beat sent, 0 for none. */
  readonly sequence: number;
  /** The partner's life that counts, and its newest beat. */
  readonly session?: { readonly boot: string; readonly sequence: number } | undefined;
  /** Every other director where there are more than two; then `partner` and `session` mean the first of them. */
  readonly others?:
    | readonly {
        readonly node: string;
        readonly session?: { readonly boot: string; readonly sequence: number } | undefined;
      }[]
    | undefined;
  /** This director and all by rank, where there are more than two: a pulse that is started again must have the same. */
  readonly directors?: readonly string[] | undefined;
  readonly priority: number;
  readonly configuration: { readonly hash: string; readonly serial: number };
  readonly readiness: {
    readonly tableLoaded: boolean;
    readonly firstVerdicts: boolean;
    readonly serversUp: number;
    readonly serversTotal: number;
  };
}

/**
 * Guardian → pulse event `beat.stoodIn`: it has beaten in this life of pulse's up to this number, so that a pulse which
 * lives after all must go on far above it.
 */
export interface StoodIn {
  readonly boot: string;
  readonly sequence: number;
}

/** pulse → guardian event `pulse.alive`: what to beat for it should it die. */
export interface PulseAlive {
  readonly pid: number;
  readonly active: boolean;
  readonly word: 'lvs running' | 'lvs stopped';
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  readonly port: number;
  readonly paths: readonly {
    readonly local: string;
    readonly partner: string;
    readonly name?: string | undefined;
    /** Group to which beats go in place of the partner's address. */
    readonly multicast?: string | undefined;
  }[];
  /** With a key file: the own protocol is spoken, and words of the original are neither sent nor believed. */
  readonly beat?: PulseAliveBeat | undefined;
  /** Every group of addresses, main too; absent where all move together. */
  readonly groups?: readonly PulseAliveGroup[] | undefined;
}

/** What the guardian has to know of a group of addresses. */
export interface PulseAliveGroup {
  readonly name: string;
  /** Every address that moves with it, its NAT router too. */
  readonly vips: readonly string[];
  readonly active: boolean;
  readonly word: 'lvs running' | 'lvs stopped';
}
