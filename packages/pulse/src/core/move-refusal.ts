import type { NodeView } from './readiness.js';
import type { PulseSettings, PulseState } from './types.js';

/** What both directors say of themselves; the partner's is there with the own heartbeat protocol alone. */
export interface Views {
  readonly own: NodeView;
  readonly partner: NodeView | undefined;
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
): Refusal | undefined {
  if (state.duty !== 'active') return { why: `this node is ${state.duty}, not active`, canForce: false };
  if (!settings.hasPartner) return { why: 'no partner is configured', canForce: false };
  if (state.listening) return { why: 'this node listens after a sleep', canForce: false };
  if (state.partnerWord === undefined) return { why: 'no partner is heard', canForce: true };
  const why = partnerGap(views);
  return why === undefined ? undefined : { why, canForce: true };
}

/** Why the partner would serve worse than this node; undefined where it would not, or says nothing of itself. */
export function partnerGap(views: Views | undefined): string | undefined {
  const partner = views?.partner;
  if (views === undefined || partner === undefined) return undefined;
  const { failure, readiness, standIn } = partner;
  if (standIn === true) return 'pulse of the partner is down, its guardian beats for it';
  if (failure !== undefined) return `the partner says: ${failure || 'it has a failure'}`;
  if (!readiness.tableLoaded) return 'the table of the partner is not loaded';
  if (!readiness.firstVerdicts) return 'the partner does not have the first verdict of every server';
  const { coveragePercent = 100 } = readiness;
  if (coveragePercent < 100) return `the partner knows ${coveragePercent} % of the connections`;
  const { serversUp, serversTotal } = views.own.readiness;
  if (readiness.serversUp >= serversUp) return undefined;
  return `the partner sees ${readiness.serversUp} of ${readiness.serversTotal} servers up, this node ${serversUp} of ${serversTotal}`;
}
