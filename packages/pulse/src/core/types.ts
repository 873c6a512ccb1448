import type { EventFields, EventId } from '@piranha/events/catalogue';
import type { HeartbeatWord, NodeRole } from '@piranha/protocol';
import type { GroupDuty, Duty as ToldDuty } from '@piranha/protocol/beat';
import type { Views } from './move-refusal.js';
import type { OthersState, RankedDirector } from './other-directors.js';
import type { SplitWatch } from './split.js';

/**
 * standby: holds nothing, says "stopped". claiming: waits a random moment before it takes. taking: addresses are
 * being raised. active: holds and says "running". releasing: still serves, says "stopped", waits for the partner's
 * "running". dropping: addresses are being put down. ended: nothing more to do.
 */
type Duty = 'standby' | 'claiming' | 'taking' | 'active' | 'releasing' | 'dropping' | 'ended';

export type ReleaseIntent = 'handover' | 'shutdown' | 'failure' | 'maintenance';

/** What an operator ordered: this node holds nothing and takes nothing by itself. */
export interface MaintenanceOrder {
  /** It takes over all the same when the partner is dead. */
  readonly unlessAlone: boolean;
  /** Who ordered it, as lvsctl was told by the system. */
  readonly by: string;
  /** Wall clock, ISO 8601. */
  readonly at: string;
  /** The operator's words; empty for none. */
  readonly reason: string;
}

export interface PulseSettings {
  /** With more than two directors: the first is the primary, every other one a backup. */
  readonly role: NodeRole;
  /** With more than two directors: this one and the others, by rank; both undefined in a pair. */
  readonly self?: RankedDirector | undefined;
  readonly others?: readonly RankedDirector[] | undefined;
  /** False when no partner is configured: nothing is sent, nobody is waited for. */
  readonly hasPartner: boolean;
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  /** Silence on all paths, ms, at which who waits to take over believes in a death before the deadtime is over. */
  readonly adaptiveMs?: number | undefined;
  /** How long a voluntary release waits for the partner's "running", ms. */
  readonly releaseLimitMs: number;
  /** How long a voluntary move waits for programs before anything of it is said, ms; undefined: it has none to wait for. */
  readonly leaveLimitMs?: number | undefined;
  readonly vips: readonly string[];
  /** Whether this node is to hold these addresses while both are well; undefined: the primary is. */
  readonly preferred?: boolean | undefined;
  /** How soon after a word of the partner the gate must be looked at, ms; undefined without witnesses and fence command. */
  readonly gateAfterMs?: number | undefined;
}

/** What the gate, which is the witnesses and the fence command, says to what this node would do. */
export interface GateAnswer {
  /** Take the addresses of a silent partner; put down the own ones, for the partner may have taken them. */
  readonly question: 'mayTake' | 'mustLetGo';
  readonly isYes: boolean;
  /** When to ask again, monotonic ms; Infinity where only news change it. Means nothing with a yes. */
  readonly untilMs: number;
  readonly reason: string;
}

/** A move of its own will that a node still waits with. */
interface Leaving {
  readonly event: LeaveEvent;
  /** Monotonic ms. */
  readonly untilMs: number;
}

export interface PulseState {
  readonly duty: Duty;
  readonly intent: ReleaseIntent | undefined;
  /** Why the present duty was entered, for status. */
  readonly reason: string;
  readonly lastHeardMs: number;
  /** Since when the partner has been heard without a break; means nothing while it is silent. */
  readonly heardSinceMs: number;
  /** Last word of the partner; undefined before the first, or after it was declared dead. */
  readonly partnerWord: HeartbeatWord | undefined;
  readonly nextSendMs: number;
  /** When claiming takes, releasing is undone, or listening ends; Infinity where nothing is waited for. */
  readonly deadlineMs: number;
  /** True while a process that slept, or found addresses it did not raise, only listens. */
  readonly listening: boolean;
  /** What of ours is broken; a broken node does not take over by itself. */
  readonly failure: string | undefined;
  /** The failure is such that addresses of ours would reach nobody: this node takes none. */
  readonly disabled: boolean;
  readonly lastAnnounceMs: number;
  /** Until then the process has just started, and may read late. */
  readonly youngUntilMs: number;
  /** When a timer was so late last that heartbeats may not have been read. */
  readonly lateAtMs: number;
  /** When a silence longer than `adaptiveMs` was noticed last. */
  readonly suspectedAtMs: number;
  /** When the addresses were taken last. */
  readonly takenAtMs: number;
  /** Since when this process could hear: its start, or when it woke last. */
  readonly awakeSinceMs: number;
  /** When the gate must be looked at next; Infinity without one. */
  readonly gateAtMs: number;
  /** Why the addresses of a silent partner are not taken, although they would be. */
  readonly heldBack: string | undefined;
  /** The order by which this node takes nothing by itself; undefined for a usual standby. */
  readonly maintenance: MaintenanceOrder | undefined;
  /** The order that comes into force when the release under way is done. */
  readonly ordered: (MaintenanceOrder & { readonly force: boolean }) | undefined;
  /** An active node's move that waits for programs. */
  readonly leaving?: Leaving | undefined;
  /** When to tell again that nobody serves while this node is kept out; Infinity while somebody does. */
  readonly alarmAtMs: number;
  readonly alarmedAtMs: number;
  /**
   * What is known of each other director where there are more than two; partnerWord, lastHeardMs and heardSinceMs sum it
   * up then.
   */
  readonly others?: OthersState | undefined;
  /** Who else has the addresses, and since when; undefined before the first step that concerns it. */
  readonly split?: SplitWatch | undefined;
}

export type PulseEvent =
  | {
      readonly type: 'tick';
      /** How late the shell's timer was, ms. */
      readonly lateMs: number;
      /** What the gate says to `gateQuestion` of the same moment. */
      readonly gate?: GateAnswer | undefined;
    }
  | {
      readonly type: 'heard';
      readonly word: HeartbeatWord /** Uniform in [0, 1). */;
      readonly random: number;
      /** What a beat says more exactly than its word. */
      readonly duty?: ToldDuty | undefined;
    }
  /** A beat of one of several directors. */
  | {
      readonly type: 'heardOf';
      readonly from: string;
      /** By its own lvs.cf. */
      readonly rank: number;
      readonly duty: GroupDuty['duty'];
      readonly heir?: string | undefined;
      readonly asksRelease: boolean;
      /** It would take over well. */
      readonly isReady: boolean;
      /** Whom it hears serving, and how long ago it did, ms. */
      readonly relays: readonly { readonly name: string; readonly ageMs: number }[];
    }
  /** Whether this node would take over well; with several directors others wait for it then. */
  | { readonly type: 'readiness'; readonly isReady: boolean }
  /** The programs that `prepareLeave` asked for have ended. */
  | { readonly type: 'leavable' }
  | { readonly type: 'taken' }
  | { readonly type: 'dropped' }
  /** `force`: although this node knows better; it is undone where the partner does not take. */
  /** `to`: one of several directors; `views` are of it then. */
  | {
      readonly type: 'handover';
      readonly force?: boolean;
      readonly views?: Views | undefined;
      readonly to?: string | undefined;
    }
  /** `force`: although nobody serves then. */
  | {
      readonly type: 'maintenance';
      readonly order: MaintenanceOrder;
      readonly force: boolean;
      readonly views?: Views | undefined;
    }
  | { readonly type: 'maintenanceOver'; readonly by: string }
  | { readonly type: 'shutdown'; readonly signal: string }
  /** `disables`: not even a dead partner makes this node take over, as with a link that is down. */
  | { readonly type: 'localFailure'; readonly what: string; readonly disables: boolean }
  | { readonly type: 'localRecovered' }
  /** The settings of this event count from now on. `hadPartner`: there was one by those before. */
  | { readonly type: 'timesChanged'; readonly hadPartner: boolean };

/** Why a move that an operator asked for was not made. */
export type MoveCode = Extract<
  EventId,
  'PULSE_HANDOVER_REFUSED' | 'PULSE_HANDOVER_UNDONE' | 'PULSE_MAINTENANCE_REFUSED'
>;

/** What this node does of its own will that may end in letting the addresses go. */
export type LeaveEvent = Extract<PulseEvent, { type: 'handover' | 'maintenance' | 'shutdown' }>;

export type PulseEffect =
  | { readonly type: 'send'; readonly word: HeartbeatWord }
  /** Hold all VIPs; answered by `taken`. */
  | { readonly type: 'take' }
  /** Put all VIPs down, without a refused connection where the partner holds them; answered by `dropped`. */
  | { readonly type: 'drop' }
  | { readonly type: 'announce' }
  /** Run the programs that are to end before the addresses go down; answered by `leavable`. */
  | { readonly type: 'prepareLeave'; readonly event: LeaveEvent['type'] }
  /** The partner was declared dead by `adaptiveMs`; whether that was right shows until the deadtime is over. */
  | { readonly type: 'diedEarly'; readonly silentSinceMs: number }
  | { readonly type: 'log'; readonly event: EventId; readonly fields: EventFields }
  /** The end of a handover that was asked for. */
  | {
      readonly type: 'handoverResult';
      readonly ok: boolean;
      readonly text: string;
      /** Why not: as the log has it. */
      readonly code?: MoveCode;
    }
  /** The answer to an order of maintenance standby, or to its end. */
  | {
      readonly type: 'maintenanceResult';
      readonly ok: boolean;
      readonly text: string;
      readonly code?: MoveCode;
    }
  | { readonly type: 'exit' };

export interface PulseStep {
  readonly state: PulseState;
  readonly effects: readonly PulseEffect[];
}

/** How pulse begins. */
export type PulseStart =
  | { readonly type: 'fresh' }
  | { readonly type: 'forced' }
  /** A pulse died a moment ago and its guardian has beaten for it since. */
  | { readonly type: 'adopt' }
  /** Addresses are held by nobody who beats: listen first. */
  | { readonly type: 'leftover' };
