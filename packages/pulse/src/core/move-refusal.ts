import type { Coverage } from './coverage.js';
import { isCovered } from './coverage-wait.js';
import { listenedText, type NodeView } from './readiness.js';
import type { PulseSettings, PulseState } from './types.js';

/** What both directors say of themselves; the partner's is there with the own heartbeat protocol alone. */
export interface Views {
  readonly own: NodeView;
  readonly partner: NodeView | undefined;
  /** Which director `partner` is of, where there are more than two. */
  readonly name?: string | undefined;
  /** How many of the connections in use `partner` knows, by this node's count; undefined where it was not counted. */
  readonly coverage?: Coverage | undefined;
}

/** Why this node does not hand over. */
export interface Refusal {
  readonly why: string;
  /** The operator may know better. */
  readonly canForce: boolean;
}

/** Why a planned handover would be bad, as far as this node knows; undefined where nothing speaks against it. */
export function handoverRefusal(
  settings: PulseSettings,
  state: PulseState,
  views: Views | undefined,
  to?: string,
): Refusal | undefined {
  if (state.duty !== 'active') return { why: `this node is ${state.duty}, not active`, canForce: false };
  if (!settings.hasPartner) return { why: 'no partner is configured', canForce: false };
  if (state.listening) return { why: 'this node listens after a sleep', canForce: false };
  if (state.partnerWord === undefined) return { why: 'no partner is heard', canForce: true };
  const named = state.others?.views.find(({ name }) => name === to);
  if (named !== undefined && named.life !== 'alive') return { why: `${to} is not heard`, canForce: true };
  const why = partnerGap(views);
  return why === undefined ? undefined : { why, canForce: true };
}

/** Why the partner would serve worse than this node; undefined where it would not, or says nothing of itself. */
export function partnerGap(views: Views | undefined): string | undefined {
  const partner = views?.partner;
  if (views === undefined || partner === undefined) return undefined;
  const { failure, readiness, standIn } = partner;
  const who = views.name ?? 'the partner';
  if (standIn === true) return `pulse of ${who} is down, its guardian beats for it`;
  if (failure !== undefined) return `${who} says: ${failure || 'it has a failure'}`;
  if (!readiness.tableLoaded) return `the table of ${who} is not loaded`;
  if (!readiness.firstVerdicts) return `${who} does not have the first verdict of every server`;
  if (needsCount(partner) && !isKnown(views)) return connectionsText(who, partner, views.coverage);
  const { serversUp, serversTotal } = views.own.readiness;
  if (readiness.serversUp >= serversUp) return undefined;
  return `${who} sees ${readiness.serversUp} of ${readiness.serversTotal} servers up, this node ${serversUp} of ${serversTotal}`;
}

/** Whether a partner has not listened for long enough to know every connection in use: only a count tells how many it knows. */
export function needsCount({ readiness: { listenedPercent = 100 } }: NodeView): boolean {
  return listenedPercent < 100;
}

function isKnown({ coverage }: Views): boolean {
  return coverage !== undefined && isCovered(coverage);
}

function connectionsText(who: string, { readiness }: NodeView, coverage: Coverage | undefined): string {
  const text = `${who} has listened to the connections for ${listenedText(readiness)}`;
  return coverage === undefined
    ? text
    : `${text} and knows ${coverage.known} of ${coverage.total} in use for certain`;
}
