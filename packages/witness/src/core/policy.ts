import type { WitnessConfig } from '@piranha/config';
import { answeringText, freshProof, lastProofMs, quorumSinceMs, type WitnessView } from './views.js';

/**
 * What a director may do that does not hear its partner. All times are monotonic ms of this node; the two nodes share no
 * clock, only the lengths of lvs.cf.
 */

/** The part of lvs.cf that decides; the same on both nodes. */
export type PolicySettings = Pick<
  WitnessConfig,
  'policy' | 'quorum' | 'intervalMs' | 'holdLimitMs' | 'marginMs' | 'takeAfterMs'
>;

export interface PartnerView {
  /** When it was heard last, in whatever words; the start of this process where it never was. */
  readonly lastHeardMs: number;
  /** Somebody made sure that it is off, such as a fence command, and it was not heard since. */
  readonly isOff: boolean;
}

/** yes and no hold until something is heard; `wait`: ask again at `untilMs`, or when a witness answers. */
export type Answer =
  | {
      readonly verdict: 'yes';
      readonly reason: string;
      /** Yes although no quorum of witnesses answers: to be told as a warning. */
      readonly isBlind: boolean;
    }
  | { readonly verdict: 'no'; readonly reason: string }
  | { readonly verdict: 'wait'; readonly untilMs: number; readonly reason: string };

const yes = (reason: string, isBlind = false): Answer => ({ verdict: 'yes', reason, isBlind });
const wait = (untilMs: number, reason: string): Answer => ({ verdict: 'wait', untilMs, reason });

/** Silence that shows that a beat is missing: time to ask the witnesses, before the partner counts as dead. */
export function isPartnerLate(keepaliveMs: number, partner: PartnerView, nowMs: number): boolean {
  return nowMs - partner.lastHeardMs > 1.5 * keepaliveMs;
}

/** When there will be something new to decide on; undefined where too many witnesses are unreachable. */
function verdictDueMs(
  settings: PolicySettings,
  views: readonly WitnessView[],
  nowMs: number,
): number | undefined {
  const open = views.filter(({ reach }) => reach !== 'unreachable');
  if (open.length < settings.quorum) return undefined;
  const times = open.map(({ question }) => question?.untilMs ?? nowMs + settings.intervalMs);
  return Math.max(Math.min(...times), nowMs + 1);
}

/**
 * May this node take the addresses of a partner that has been silent for deadtime? Under `require` only with answers to
 * questions that were sent after the partner was heard last, and not long ago. Witnesses that have just come back may
 * have answered the partner until then: so they must have answered for as long as a cut-off holder keeps the addresses.
 */
export function mayTake(
  settings: PolicySettings,
  views: readonly WitnessView[],
  partner: PartnerView,
  nowMs: number,
): Answer {
  if (views.length === 0) return yes('no witness is configured');
  if (partner.isOff) return yes('the partner is off for certain');
  const told = `${answeringText(views)}, ${settings.quorum} needed`;
  if (settings.policy === 'require') return mayTakeByProof(settings, views, partner, told, nowMs);
  return freshProof(views, settings.quorum, partner.lastHeardMs)
    ? yes(told)
    : yes(`${told}: witness_policy = advise takes over all the same`, true);
}

function mayTakeByProof(
  settings: PolicySettings,
  views: readonly WitnessView[],
  { lastHeardMs }: PartnerView,
  told: string,
  nowMs: number,
): Answer {
  const { quorum, intervalMs, holdLimitMs, marginMs, takeAfterMs } = settings;
  const silentMs = lastHeardMs + takeAfterMs;
  if (nowMs < silentMs) {
    return wait(silentMs, `a partner that is cut off may hold the addresses for ${holdLimitMs} ms`);
  }
  // One lost question is normal; an older answer says nothing about now.
  const freshAfterMs = Math.max(lastHeardMs, nowMs - 2 * intervalMs);
  const runSinceMs = quorumSinceMs(views, quorum, freshAfterMs);
  if (runSinceMs === undefined) {
    const dueMs = verdictDueMs(settings, views, nowMs);
    return dueMs === undefined
      ? { verdict: 'no', reason: `${told}: no witness, no takeover` }
      : wait(dueMs, `${told}: waiting for an answer`);
  }
  const settledMs = runSinceMs + holdLimitMs + marginMs;
  if (runSinceMs > lastHeardMs && nowMs < settledMs) {
    return wait(settledMs, `${told}: the partner may have had the witness until it came back here`);
  }
  return yes(told);
}

/**
 * Must this node give up the addresses, because it hears neither its partner nor a witness, and the partner could have
 * taken them? Yes: drop them. Wait: hold them, and drop them at `untilMs` unless something is heard. No: hold them.
 * @param awakeSinceMs when this process started, or woke from a sleep: before that nobody could be heard. Taking the
 * addresses does not count: it was done on the word of a witness or of the partner.
 */
export function mustLetGo(
  settings: PolicySettings,
  views: readonly WitnessView[],
  partner: PartnerView,
  awakeSinceMs: number,
  nowMs: number,
): Answer {
  const hold = (reason: string): Answer => ({ verdict: 'no', reason });
  if (views.length === 0) return hold('no witness is configured');
  if (settings.policy === 'advise') return hold('witness_policy = advise');
  if (partner.isOff) return hold('the partner is off for certain');
  const proofMs = lastProofMs(views, settings.quorum) ?? -Infinity;
  const untilMs = Math.max(partner.lastHeardMs, proofMs, awakeSinceMs) + settings.holdLimitMs;
  if (nowMs < untilMs) return wait(untilMs, `${answeringText(views)}, ${settings.quorum} needed`);
  return yes(
    `neither the partner nor enough witnesses were heard for ${settings.holdLimitMs} ms: the partner may have taken over`,
  );
}
