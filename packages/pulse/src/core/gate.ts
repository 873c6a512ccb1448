import { judgeSilence } from './dead-timer.js';
import { isHolding, waitsToTake } from './duties.js';
import { andThen, drop, endRelease } from './moves.js';
import { hasSlept } from './sleep.js';
import type { GateAnswer, PulseSettings, PulseState, PulseStep } from './types.js';
import { vacancyAsksGate } from './vacancy.js';

/**
 * How the state table uses the gate, which is the witnesses and the fence command. The shell asks it what `gateQuestion`
 * says and hands the answer to the tick of the same moment. Where a gate is configured, no answer never means yes.
 */

/** A beat is missing for certain: time to ask the witnesses, before the partner counts as dead. */
function lateAfterMs(keepaliveMs: number): number {
  return 1.5 * keepaliveMs + 1;
}

/** How soon after a word of the partner the gate has something to do. @param holdLimitMs as the witnesses have it */
export function gateAfterMs(keepaliveMs: number, holdLimitMs: number): number {
  return Math.min(lateAfterMs(keepaliveMs), holdLimitMs);
}

/** When the gate must be looked at if nothing is heard from now on; Infinity without one. */
export function gateAfterWordMs(settings: Pick<PulseSettings, 'gateAfterMs'>, nowMs: number): number {
  return nowMs + (settings.gateAfterMs ?? Infinity);
}

/** What a tick of this moment needs to know of the gate; undefined for nothing. */
export function gateQuestion(
  settings: PulseSettings,
  state: PulseState,
  lateMs: number,
  nowMs: number,
): GateAnswer['question'] | undefined {
  if (settings.gateAfterMs === undefined || hasSlept(settings, state, lateMs, nowMs)) return undefined;
  if (isHolding(state)) return 'mustLetGo';
  if (state.others !== undefined) return vacancyAsksGate(settings, state, nowMs) ? 'mayTake' : undefined;
  // What the partner's own word allows is not asked for.
  const claims = state.duty === 'claiming' && nowMs >= state.deadlineMs;
  if (claims || !waitsToTake(state)) return undefined;
  const silence = judgeSilence(settings, state, nowMs);
  return silence === 'deadtime' || silence === 'adaptive' ? 'mayTake' : undefined;
}

/** Why this node must not take the addresses of a silent partner now; undefined where it may. */
export function heldBackBy(settings: PulseSettings, answer: GateAnswer | undefined): string | undefined {
  if (settings.gateAfterMs === undefined) return undefined;
  if (answer?.question !== 'mayTake') return 'the witnesses are not asked yet';
  return answer.isYes ? undefined : answer.reason;
}

/** True for a holder whose time without a word is counted: what it did not hear, the partner may have used. */
export function mayBeReplaced(settings: PulseSettings, state: PulseState): boolean {
  return settings.gateAfterMs !== undefined && isHolding(state);
}

/** A holder that the gate tells so puts the addresses down; as a standby it may take again when it is permitted. */
export function letGo(state: PulseState, answer: GateAnswer | undefined): PulseStep {
  if (!isHolding(state) || answer?.question !== 'mustLetGo' || !answer.isYes) return { state, effects: [] };
  const intent = state.intent === 'shutdown' ? 'shutdown' : undefined;
  return andThen(endRelease(state, false, answer.reason), (next) => drop({ ...next, intent }, answer.reason));
}

/** When the gate must be looked at next after a tick of this moment; later than now, Infinity for not by time. */
export function gateDueMs(
  settings: PulseSettings,
  { lastHeardMs }: PulseState,
  answer: GateAnswer | undefined,
  nowMs: number,
): number {
  if (settings.gateAfterMs === undefined) return Infinity;
  const lateMs = lastHeardMs + lateAfterMs(settings.keepaliveMs);
  const lookMs = nowMs < lateMs ? lateMs : Infinity;
  if (answer === undefined || answer.isYes) return lookMs;
  return Math.min(lookMs, Math.max(answer.untilMs, nowMs + 1));
}
