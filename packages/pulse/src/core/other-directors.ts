import type { Duty } from '@piranha/protocol/beat';

/** What a node knows of the other directors where there are more than two. Times are monotonic ms. */

/** A director as lvs.cf has it. */
export interface RankedDirector {
  readonly name: string;
  /** 0 is preferred. */
  readonly rank: number;
}

/** What is known of another director. */
export interface OtherView extends RankedDirector {
  /** unknown: not heard yet since this node listens, and not long enough to call it dead. */
  readonly life: 'unknown' | 'alive' | 'dead';
  /** What it does for the addresses; of a dead one, what it did last. */
  readonly duty: Duty;
  /** It would take over well, and its own pulse says so. */
  readonly isReady: boolean;
  /** Of a director that only a third one hears, when that was. */
  readonly lastHeardMs: number;
  readonly heardSinceMs: number;
}

/** Who let the addresses go by its own word, and for whom. */
export interface Freed {
  readonly by: string;
  readonly heir?: string | undefined;
}

export interface OthersState {
  /** By rank. */
  readonly views: readonly OtherView[];
  /** This node would take over well. */
  readonly isReady: boolean;
  /** Since when nobody holds the addresses, as far as this node hears; Infinity while somebody does or may. */
  readonly vacantSinceMs: number;
  /** Undefined while somebody holds them, or where a silence ended that. */
  readonly freed: Freed | undefined;
  /** To whom this node hands over. */
  readonly heir: string | undefined;
}

/** Nobody was heard yet. */
export function unknownOthers(others: readonly RankedDirector[], nowMs: number): OthersState {
  return {
    views: others.map(({ name, rank }) => ({
      name,
      rank,
      life: 'unknown',
      duty: 'standby',
      isReady: false,
      lastHeardMs: nowMs,
      heardSinceMs: nowMs,
    })),
    isReady: false,
    vacantSinceMs: Infinity,
    freed: undefined,
    heir: undefined,
  };
}

/** The living director that holds the addresses, or is about to; the best one of several. */
export function holderOf({ views }: OthersState): OtherView | undefined {
  return views.find(({ life, duty }) => life === 'alive' && (duty === 'active' || duty === 'taking'));
}

function canTake({ life, duty }: OtherView): boolean {
  return life === 'alive' && (duty === 'standby' || duty === 'claiming');
}

/** How far behind a director stands: the named heir first, then who is ready, then by rank. */
function orderKey(
  { name, rank, isReady }: RankedDirector & { readonly isReady: boolean },
  heir: string | undefined,
): number {
  return (name === heir ? 0 : 1_000) + (isReady ? 0 : 100) + rank;
}

/** How many living directors take the addresses before this one. */
export function directorsAhead(
  self: RankedDirector & { readonly isReady: boolean },
  { views, freed }: OthersState,
): number {
  // Where all start together nobody is ready yet, and the first is to serve.
  const isStart = freed === undefined && views.every(({ life }) => life === 'alive');
  const keyOf = (one: typeof self): number => (isStart ? one.rank : orderKey(one, freed?.heir));
  return views.filter((view) => canTake(view) && keyOf(view) < keyOf(self)).length;
}

/** Who would take the addresses if this node let them go. */
export function nextTaker({ views }: OthersState): OtherView | undefined {
  const able = views.filter(canTake);
  return able.toSorted((one, other) => orderKey(one, undefined) - orderKey(other, undefined))[0];
}

/**
 * How long a director waits for each one ahead of it, ms: that one's dead timer may end later by a lost heartbeat and by
 * what clocks differ, and its claim has to arrive.
 */
export function rankStepMs({
  keepaliveMs,
  deadtimeMs,
}: {
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
}): number {
  return 2 * keepaliveMs + deadtimeMs / 20 + 30;
}
