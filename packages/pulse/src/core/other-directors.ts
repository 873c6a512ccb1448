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
  /** When it said last what it does, to this node itself. */
  readonly saidMs: number;
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
  /** What was said before this node put addresses down, slept or had no link tells nothing of who holds them now. */
  readonly freshFromMs: number;
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
      saidMs: Number.NEGATIVE_INFINITY,
    })),
    isReady: false,
    freshFromMs: nowMs,
    vacantSinceMs: Infinity,
    freed: undefined,
    heir: undefined,
  };
}

/** The living director that holds the addresses, or is about to; the best one of several. */
export function holderOf({ views }: OthersState): OtherView | undefined {
  return views.find(({ life, duty }) => life === 'alive' && (duty === 'active' || duty === 'taking'));
}

/** True where nobody let the addresses go and nobody died: all of them start, or stood aside. */
export function isStart({ views, freed }: Pick<OthersState, 'views' | 'freed'>): boolean {
  return freed === undefined && views.every(({ life }) => life === 'alive');
}

function canTake({ life, duty }: OtherView): boolean {
  return life === 'alive' && (duty === 'standby' || duty === 'claiming');
}

/** Negative where the first one is preferred. The name decides between two whose lvs.cf give them one rank. */
export function rankOrder(one: RankedDirector, other: RankedDirector): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  return one.name < other.name ? -1 : Number(one.name > other.name);
}

type Candidate = RankedDirector & { readonly isReady: boolean };

/** Who takes first: the named heir, then who is ready, then by rank. */
function takingOrder(one: Candidate, other: Candidate, heir: string | undefined): number {
  const byHeir = Number(other.name === heir) - Number(one.name === heir);
  const byReadiness = Number(other.isReady) - Number(one.isReady);
  return byHeir || byReadiness || rankOrder(one, other);
}

/** How many living directors take the addresses before this one. */
export function directorsAhead(self: Candidate, others: OthersState): number {
  const { views, freed } = others;
  // Where all start together nobody is ready yet, and the first is to serve.
  const starts = isStart(others);
  const isAhead = (view: OtherView): boolean =>
    (starts ? rankOrder(view, self) : takingOrder(view, self, freed?.heir)) < 0;
  return views.filter((view) => canTake(view) && isAhead(view)).length;
}

/** Who would take the addresses if this node let them go. */
export function nextTaker({ views }: OthersState): OtherView | undefined {
  return views.filter(canTake).toSorted((one, other) => takingOrder(one, other, undefined))[0];
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
