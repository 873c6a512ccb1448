/**
 * What a director says in each beat of the own protocol. One beat goes into one datagram that no link of IPv6 has to
 * cut; docs/heartbeat-protocol.md has the form on the wire.
 */

/** What a node is doing for a group of virtual addresses. */
export const DUTIES = ['standby', 'claiming', 'taking', 'active', 'releasing', 'dropping'] as const;
export type Duty = (typeof DUTIES)[number];

/** Most of what one beat may carry. */
export const BEAT_LIMITS = {
  groups: 32,
  /** Nodes that one beat says it hears. */
  hears: 16,
  /** Lives of one node that are echoed in one beat. */
  boots: 4,
  /** Paths of one node. */
  paths: 8,
  /** UTF-16 units of a reason or a failure. */
  text: 120,
  /** Longest keepalive and deadtime, ms: a day. */
  periodMs: 86_400_000,
  /** Highest age of a path, ms, and highest count of servers. */
  count: 0xffff_ffff,
  /** Longer than a connection may be idle, so that more says nothing more: a day. */
  listenedSeconds: 86_400,
} as const;

export interface GroupDuty {
  /** 1 to 63 of `A-Z a-z 0-9 . _ -`. */
  readonly name: string;
  readonly duty: Duty;
  /** The node to whom the group is handed. */
  readonly heir?: string;
  /** This node asks the holder to release the group. */
  readonly asksRelease?: boolean;
}

export interface BeatReadiness {
  readonly tableLoaded: boolean;
  /** Every server has its first verdict. */
  readonly firstVerdicts: boolean;
  /**
   * How much of the time after which a connection in use is told again this node has listened to the partner's, 0 to 100;
   * rounded down on the wire. How many it knows is for the partner to count. Undefined: it learns none, or it is not told.
   */
  readonly listenedPercent?: number | undefined;
  /** The same as whole seconds, at most `BEAT_LIMITS.listenedSeconds`. */
  readonly listenedSeconds?: number | undefined;
  readonly serversUp: number;
  readonly serversTotal: number;
}

/** A life of another node, and the newest of its beats that was heard. */
export interface HeardBoot {
  /** 16 hexadecimal digits, small letters. */
  readonly boot: string;
  /** 1 to 2^53 - 1. */
  readonly sequence: number;
}

export interface HeardPath {
  readonly name: string;
  /** Since the last beat on it, whole ms (rounded on the wire). */
  readonly ageMs: number;
}

/** What a node hears of another one. */
export interface HeardNode {
  readonly node: string;
  /** 1 to 4 lives; the one with a session first, then those that have yet to prove that they are of now. */
  readonly boots: readonly HeardBoot[];
  /** Undefined: left out for want of room. None: heard on no path. */
  readonly paths?: readonly HeardPath[] | undefined;
  /** That node says that it serves; for those who do not hear it themselves. Never without paths. */
  readonly serves?: boolean;
}

export interface Beat {
  /** The sender: 1 to 63 of `A-Z a-z 0-9 . _ -`. */
  readonly node: string;
  /** Over 0 to a day, fractions allowed; deadtimeMs likewise. */
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  /** 0 to 255; higher is preferred. */
  readonly priority: number;
  /** At most 32, each name once. */
  readonly groups: readonly GroupDuty[];
  readonly readiness: BeatReadiness;
  /** Why this node cannot serve, at most 120 characters. */
  readonly failure?: string;
  /** The lvs.cf in use: `hash` 16 hexadecimal digits, `serial` its serial_no, 0 to 2^32 - 1. */
  readonly configuration: { readonly hash: string; readonly serial: number };
  /** Why the last change of role came about, at most 120 characters. */
  readonly reason: string;
  /** At most 16 nodes, each once. */
  readonly hears: readonly HeardNode[];
  /** The path on which this beat goes out, and how many went out on it, this one included: so that losses are seen. */
  readonly path?: { readonly name: string; readonly sent: number };
  /** The guardian says this in the stead of a worker that died or hangs. */
  readonly standIn?: boolean;
  /** The sender leaves. */
  readonly farewell?: boolean;
}

/** What may not stand in a text: what would move the cursor of a terminal, split a log line or turn its direction. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const EVERY_UNFIT = new RegExp(UNFIT.source, 'gu');

/** True for a text that a beat may carry. */
export function isBeatText(text: string): boolean {
  return text.length <= BEAT_LIMITS.text && !UNFIT.test(text);
}

/** Any text as a beat may carry it: cut to 120 UTF-16 units, `?` for each character that would not be printable. */
export function beatText(text: string): string {
  return isBeatText(text) ? text : text.slice(0, BEAT_LIMITS.text).replace(EVERY_UNFIT, '?');
}

/**
 * The newest beat of ours that the sender of `beat` had heard when it sent this one, by its sequence; undefined when it
 * had heard none of our life `boot`.
 */
export function echoedSequence(beat: Beat, node: string, boot: string): number | undefined {
  const heard = beat.hears.find((one) => one.node === node);
  return heard?.boots.find((one) => one.boot === boot)?.sequence;
}
