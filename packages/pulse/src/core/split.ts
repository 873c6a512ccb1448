import { isHolding, isPreferred } from './duties.js';
import { log } from './moves.js';
import { rankOrder } from './other-directors.js';
import { tieText } from './partner.js';
import { type Said, saidOfAddresses } from './said-of-addresses.js';
import { splitFields } from './split-text.js';
import type { PulseEffect, PulseEvent, PulseSettings, PulseState, PulseStep } from './types.js';

/**
 * Notices when another director has the addresses at the same time as this node, and tells of it in one line once that
 * is over. It decides nothing: who yields is for the state table. Times are monotonic ms.
 */
export interface SplitWatch {
  /** Since when this node has the addresses; -Infinity: since before this process began. Means nothing without them. */
  readonly heldSinceMs: number;
  /** When the partner of a pair said last that it has none; -Infinity: not while this node has them. */
  readonly idleAtMs: number;
  /** Who has them too. */
  readonly both: readonly Both[];
}

interface Both {
  /** One of several directors; undefined for the partner. */
  readonly name: string | undefined;
  /** Not both had them before. */
  readonly sinceMs: number;
  /** This node was silent when it yielded, as after a sleep. */
  readonly wasSilent?: boolean;
}

const NOTHING_YET: SplitWatch = {
  heldSinceMs: Number.NEGATIVE_INFINITY,
  idleAtMs: Number.NEGATIVE_INFINITY,
  both: [],
};

/** A step with the watch of now, and the line in front of its effects where a time with two holders is over. */
export function withSplit(
  settings: PulseSettings,
  before: PulseState,
  event: PulseEvent,
  step: PulseStep,
  nowMs: number,
): PulseStep {
  const { state: after } = step;
  const said = saidOfAddresses(before, event);
  const watch = begun(held(settings, before, after, said, nowMs), before, after, said);
  const yields = before.duty !== 'dropping' && after.duty === 'dropping';
  const noted = yields ? yielding(watch, said, before.listening || hasWoken(step)) : watch;
  const over = noted.both.find((one) => isOver(one, before, after, said));
  const isNews = noted !== (before.split ?? NOTHING_YET);
  if (over === undefined) return isNews ? { ...step, state: { ...after, split: noted } } : step;
  const split = { ...noted, both: noted.both.filter((one) => one !== over) };
  return { state: { ...after, split }, effects: [endLine(settings, before, over, nowMs), ...step.effects] };
}

function hasAddresses(state: PulseState): boolean {
  return isHolding(state) || state.duty === 'dropping';
}

/** The watch with when this node took the addresses, and the partner had none. */
function held(
  settings: PulseSettings,
  before: PulseState,
  after: PulseState,
  said: Said | undefined,
  nowMs: number,
): SplitWatch {
  if (!hasAddresses(before) && hasAddresses(after)) return { ...NOTHING_YET, heldSinceMs: nowMs };
  // It began by taking them.
  const isFirst = before.split === undefined && before.duty === 'taking';
  const watch = isFirst
    ? { ...NOTHING_YET, heldSinceMs: before.awakeSinceMs }
    : (before.split ?? NOTHING_YET);
  if (said?.name !== undefined || said?.has !== 'no' || !isHolding(after)) return watch;
  // Who hands over says "stopped" too, and has them for as long as that may take.
  const sinceMs = Math.max(watch.heldSinceMs, before.awakeSinceMs);
  return said.isVague && nowMs - sinceMs < settings.releaseLimitMs ? watch : { ...watch, idleAtMs: nowMs };
}

/** Whether what is said means that the other one has had the addresses while this node served. */
function tellsOfBoth(before: PulseState, after: PulseState, said: Said): boolean {
  if (before.duty !== 'active') return false;
  if (said.asksRelease) return after.duty === 'dropping';
  if (said.has === 'yes') return true;
  // A planned handover ends so as well, but "stopped" was said before.
  if (said.has === 'lets go') return said.before !== 'no';
  return said.has === 'no' && said.before === 'yes';
}

function begun(watch: SplitWatch, before: PulseState, after: PulseState, said: Said | undefined): SplitWatch {
  if (said === undefined || watch.both.some(({ name }) => name === said.name)) return watch;
  if (!tellsOfBoth(before, after, said)) return watch;
  const { split: { idleAtMs, heldSinceMs } = NOTHING_YET } = before;
  const sinceMs = Math.max(heldSinceMs, said.name === undefined ? idleAtMs : idleSince(before, said.name));
  return { ...watch, both: [...watch.both, { name: said.name, sinceMs }] };
}

/** When one of several directors said last that it has none. */
function idleSince({ others }: PulseState, name: string): number {
  const view = others?.views.find((one) => one.name === name);
  const hadNone = view?.duty === 'standby' || view?.duty === 'claiming';
  return view !== undefined && hadNone ? view.saidMs : Number.NEGATIVE_INFINITY;
}

/** This node lets go: for the one that spoke, if that one has them. */
function yielding(watch: SplitWatch, said: Said | undefined, wasSilent: boolean): SplitWatch {
  const keeper = watch.both.find(({ name }) => said !== undefined && name === said.name) ?? watch.both[0];
  return keeper === undefined ? watch : { ...watch, both: [{ ...keeper, wasSilent }] };
}

function hasWoken({ effects }: PulseStep): boolean {
  return effects.some((effect) => effect.type === 'log' && effect.event === 'PULSE_SLEPT');
}

function isOver({ name }: Both, before: PulseState, after: PulseState, said: Said | undefined): boolean {
  if (before.duty === 'dropping') return after.duty !== 'dropping';
  return after.duty !== 'dropping' && said?.name === name && said?.has === 'no';
}

function endLine(settings: PulseSettings, before: PulseState, both: Both, nowMs: number): PulseEffect {
  const { name, sinceMs, wasSilent = false } = both;
  const end = { name, atMostMs: nowMs - sinceMs, wasSilent };
  if (before.duty !== 'dropping') {
    const reason = stayText(settings, before, name);
    return log('PULSE_SPLIT_HEALED', splitFields({ ...end, keeper: 'this node', reason }));
  }
  const keeper = isHeard(before, name) ? 'other' : 'undetermined';
  return log('PULSE_SPLIT_HEALED', splitFields({ ...end, keeper, reason: before.reason }));
}

function isHeard({ others, partnerWord }: PulseState, name: string | undefined): boolean {
  if (name === undefined) return partnerWord !== undefined;
  return others?.views.find((one) => one.name === name)?.life === 'alive';
}

/** By which rule this node has stayed; who is not preferred stays where the other one was asleep or was asked. */
function stayText(settings: PulseSettings, { others }: PulseState, name: string | undefined): string {
  const { self } = settings;
  const view = others?.views.find((one) => one.name === name);
  if (self !== undefined && view !== undefined) {
    return rankOrder(self, view) < 0 ? `tie: ${view.name} is of worse rank` : `${view.name} let go`;
  }
  return isPreferred(settings) ? tieText(settings, 'stays') : 'the partner let go';
}
