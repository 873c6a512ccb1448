/**
 * Whose beats count. A node draws a boot id each time it begins; a session is one life of a partner that was proven to
 * be of now. A recorded packet proves nothing, whichever life of either side it comes from: docs/heartbeat-protocol.md.
 *
 * The proof: when a life is heard for the first time, the number of our own newest beat is noted. The life counts from
 * the first of its beats on that echoes a later one of ours, for only whoever is awake now can have heard that.
 */
import { BEAT_LIMITS, type Beat, echoedSequence, type HeardBoot } from './beat.js';
import { STAND_IN_LEAP } from './envelope.js';
import { admit, type ReplayWindow, windowAt } from './replay-window.js';

/** Lives of one peer that wait for their proof; of more, the one that was silent longest is forgotten. */
export const CANDIDATE_LIMIT = 64;
/** Ended lives of one peer that are remembered. An older one would still have to prove that it is of now. */
export const RETIRED_LIMIT = 64;
/** A life without proof is echoed for so long after its last beat, ms, or three of its keepalives if that is longer. */
const ECHO_MS = 30_000;
/** Least time between two beats sent out of turn for one peer, ms: a flood of replays is not answered by a flood. */
const ANSWER_GAP_MS = 50;

/** The life of a peer that counts. */
export interface BeatSession {
  readonly boot: string;
  readonly window: ReplayWindow;
  /** The newest beat; a late one never takes its place. */
  readonly beat: Beat;
  readonly heardMs: number;
  readonly openedMs: number;
}

interface Candidate {
  readonly boot: string;
  readonly newest: number;
  /** Our newest beat when this life was first heard: the proof must echo a later one. */
  readonly since: number;
  readonly heardMs: number;
  readonly echoUntilMs: number;
}

export interface PeerSessions {
  readonly session: BeatSession | undefined;
  readonly candidates: readonly Candidate[];
  /** Oldest first. */
  readonly retired: readonly string[];
  readonly answeredMs: number | undefined;
}

export interface BeatSessions {
  /** Our name and life. Another life begins with a new state. */
  readonly own: { readonly node: string; readonly boot: string };
  readonly peers: ReadonlyMap<string, PeerSessions>;
}

export interface HeardBeat {
  /** Boot id and sequence of the envelope, which was authentic. */
  readonly boot: string;
  readonly sequence: number;
  readonly beat: Beat;
}

export type SessionVerdict =
  /** It is the newest word of that peer. `opened`: its first one in this life; answering at once spares it waiting. */
  | { readonly type: 'accepted'; readonly opened: boolean }
  /** Of the session, but a newer one was heard before: it counts for the path on which it came, for nothing else. */
  | { readonly type: 'late' }
  /** Of a life that has not proven itself. `answer`: a beat sent now, out of turn, brings the proof soonest. */
  | { readonly type: 'unproven'; readonly answer: boolean }
  | { readonly type: 'rejected'; readonly reason: RejectedBeat };

export type RejectedBeat =
  /** Our own, come back by multicast or by an attacker. */
  | 'own beat'
  /** Another node or an earlier life of ours speaks under our name. */
  | 'own name'
  | 'unknown node'
  | 'duplicate'
  | 'too old'
  | 'retired';

const NOTHING: PeerSessions = { session: undefined, candidates: [], retired: [], answeredMs: undefined };

/**
 * The state of a life that begins: nobody has proven anything. It never grows beyond 128 boot ids for each of `peers`.
 * @param own the node's name and this life's boot id, 16 hexadecimal digits drawn at random
 */
export function createBeatSessions(own: BeatSessions['own'], peers: readonly string[]): BeatSessions {
  return { own, peers: new Map(peers.map((name) => [name, NOTHING])) };
}

/**
 * The state of a process that goes on with the life of another one of its node: `newest` of `beat`'s sender was heard
 * last by that one, and nothing up to it counts again.
 */
export function resumeSession(
  state: BeatSessions,
  { boot, sequence, beat }: HeardBeat,
  nowMs: number,
): BeatSessions {
  const session = { boot, window: windowAt(sequence), beat, heardMs: nowMs, openedMs: nowMs };
  const peer = state.peers.get(beat.node) ?? NOTHING;
  return { ...state, peers: new Map(state.peers).set(beat.node, { ...peer, session }) };
}

/** The state with other peers, after a reload; those that stay keep their sessions. */
export function withPeers(state: BeatSessions, peers: readonly string[]): BeatSessions {
  return { ...state, peers: new Map(peers.map((name) => [name, state.peers.get(name) ?? NOTHING])) };
}

/**
 * Takes in a beat whose envelope was authentic.
 * @param ownSequence the number of the newest beat that this life has sent, 0 for none; over all paths
 * @param nowMs monotonic
 */
export function stepBeatSession(
  state: BeatSessions,
  heard: HeardBeat,
  ownSequence: number,
  nowMs: number,
): { readonly state: BeatSessions; readonly verdict: SessionVerdict } {
  const { node } = heard.beat;
  const reject = (reason: RejectedBeat) => ({ state, verdict: { type: 'rejected', reason } as const });
  if (node === state.own.node) return reject(heard.boot === state.own.boot ? 'own beat' : 'own name');
  const peer = state.peers.get(node);
  if (peer === undefined) return reject('unknown node');
  if (peer.retired.includes(heard.boot)) return reject('retired');
  const { session } = peer;
  const step =
    session?.boot === heard.boot
      ? continueSession(peer, session, heard, state.own, nowMs)
      : proveLife(peer, heard, state.own, ownSequence, nowMs);
  if (step.peer === peer) return { state, verdict: step.verdict };
  return { state: { ...state, peers: new Map(state.peers).set(node, step.peer) }, verdict: step.verdict };
}

interface PeerStep {
  readonly peer: PeerSessions;
  readonly verdict: SessionVerdict;
}

function continueSession(
  peer: PeerSessions,
  session: BeatSession,
  { sequence, beat }: HeardBeat,
  own: BeatSessions['own'],
  nowMs: number,
): PeerStep {
  const admitted = admit(session.window, sequence);
  // A guardian of that life spoke far above its numbers, perhaps before this life began: only who has heard this one is of now.
  const leaps = sequence - session.window.newest >= STAND_IN_LEAP / 2;
  if (leaps && echoedSequence(beat, own.node, own.boot) === undefined) {
    return { peer, verdict: { type: 'unproven', answer: false } };
  }
  switch (admitted.type) {
    case 'newer': {
      // As where a life begins: what the guardian said before its proof changed nothing and never will.
      const window = leaps ? windowAt(sequence) : admitted.window;
      const next = { ...session, window, beat, heardMs: nowMs };
      return { peer: { ...peer, session: next }, verdict: { type: 'accepted', opened: false } };
    }
    case 'older':
      return {
        peer: { ...peer, session: { ...session, window: admitted.window } },
        verdict: { type: 'late' },
      };
    default:
      return { peer, verdict: { type: 'rejected', reason: admitted.type } };
  }
}

function proveLife(
  peer: PeerSessions,
  heard: HeardBeat,
  own: BeatSessions['own'],
  ownSequence: number,
  nowMs: number,
): PeerStep {
  const known = peer.candidates.find(({ boot }) => boot === heard.boot);
  const echo = echoedSequence(heard.beat, own.node, own.boot);
  const isEchoed = known !== undefined && echo !== undefined && echo > known.since && echo <= ownSequence;
  // A beat that was no proof when it was heard is none later: our own number may have leapt over the one that it echoes.
  if (isEchoed && heard.sequence > known.newest) {
    return { peer: open(peer, known, heard, nowMs), verdict: { type: 'accepted', opened: true } };
  }
  const { boot, sequence, beat } = heard;
  const candidate: Candidate = {
    boot,
    newest: Math.max(sequence, known?.newest ?? 0),
    since: known?.since ?? ownSequence,
    heardMs: nowMs,
    echoUntilMs: nowMs + Math.max(ECHO_MS, 3 * beat.keepaliveMs),
  };
  const isFresh = peer.answeredMs === undefined || nowMs - peer.answeredMs >= ANSWER_GAP_MS;
  const answer = known === undefined && isFresh;
  return {
    peer: {
      ...peer,
      // The one that was heard last stands last, so that the first one is the one to forget.
      candidates: [...peer.candidates.filter((one) => one !== known), candidate].slice(-CANDIDATE_LIMIT),
      answeredMs: answer ? nowMs : peer.answeredMs,
    },
    verdict: { type: 'unproven', answer },
  };
}

function open(peer: PeerSessions, candidate: Candidate, heard: HeardBeat, nowMs: number): PeerSessions {
  const ended = peer.session === undefined ? [] : [peer.session.boot];
  return {
    session: {
      boot: heard.boot,
      // What this life sent before its proof changed nothing and never will.
      window: windowAt(Math.max(heard.sequence, candidate.newest)),
      beat: heard.beat,
      heardMs: nowMs,
      openedMs: nowMs,
    },
    candidates: [],
    retired: [...peer.retired, ...ended].slice(-RETIRED_LIMIT),
    answeredMs: undefined,
  };
}

/**
 * What the next beat has to echo of a peer (`HeardNode.boots`): the life with a session or, as long as there is none,
 * those that wait for theirs, taking turns when they are more than four. Empty: nothing was heard, leave the node out.
 * @param turn counts the beats that are made, by one each; any step that shares a factor with 64 would pass lives over
 */
export function bootsToEcho(
  state: BeatSessions,
  node: string,
  turn: number,
  nowMs: number,
): readonly HeardBoot[] {
  const peer = state.peers.get(node);
  if (peer === undefined) return [];
  const { session } = peer;
  if (session !== undefined) return [{ boot: session.boot, sequence: session.window.newest }];
  const waiting = peer.candidates
    .filter(({ echoUntilMs }) => nowMs <= echoUntilMs)
    // In an order that does not depend on who was heard last, or turns would be lost.
    .sort((one, other) => (one.boot < other.boot ? -1 : 1))
    .map(({ boot, newest }) => ({ boot, sequence: newest }));
  const first = (turn * BEAT_LIMITS.boots) % Math.max(1, waiting.length);
  return [...waiting.slice(first), ...waiting.slice(0, first)].slice(0, BEAT_LIMITS.boots);
}
