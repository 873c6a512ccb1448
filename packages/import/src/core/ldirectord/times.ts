import type { DraftWatch } from '../draft.js';
import type { Statement } from '../ledger.js';
import { type Read, readNumber } from '../scope.js';
import type { LdirectordScope } from './directives.js';

const RANGE = { minimum: 1, maximum: 86_400, whole: true } as const;
const MAXIMUM_FAILURES = 1000;
const USUAL_INTERVAL_SECONDS = 10;
const USUAL_CHECK_SECONDS = 5;
const USUAL_NEGOTIATE_SECONDS = 30;

/** Times as they stand outside or inside a virtual block; undefined where they are not said. */
export interface Times {
  readonly intervalSeconds: Read<number> | undefined;
  readonly checkSeconds: Read<number> | undefined;
  readonly negotiateSeconds: Read<number> | undefined;
  readonly failures: Read<number> | undefined;
}

function readFailures(scope: LdirectordScope): Read<number> | undefined {
  const { ledger } = scope;
  const statement = scope.last('failurecount');
  const read = statement && readNumber(ledger, statement, { ...RANGE, maximum: 1_000_000 });
  if (read === undefined || read.value <= MAXIMUM_FAILURES) return read;
  ledger.note(read.statement, `${MAXIMUM_FAILURES} failures in a row are the most that are counted`);
  return { ...read, value: MAXIMUM_FAILURES };
}

/** Reads the times of one level. */
export function readTimes(scope: LdirectordScope): Times {
  return {
    intervalSeconds: scope.number('checkinterval', RANGE),
    checkSeconds: scope.number('checktimeout', RANGE),
    negotiateSeconds: scope.number('negotiatetimeout', RANGE),
    failures: readFailures(scope),
  };
}

/** Finds the times of services: their own, else the global ones, else those of ldirectord. */
export class TimesResolver {
  private readonly used = new Set<Statement>();

  /** @param forks every virtual has a process of its own, and so an interval */
  constructor(
    private readonly outer: Times,
    private readonly forks: boolean,
  ) {}

  /** The times of one service; notes what it says in vain. */
  watchOf(scope: LdirectordScope, inner: Times, negotiates: boolean): DraftWatch {
    const { outer } = this;
    const own = this.forks ? inner.intervalSeconds : undefined;
    if (inner.intervalSeconds && !own) {
      const reason = 'without fork = yes ldirectord ignores it here, and the global one counts';
      scope.ledger.note(inner.intervalSeconds.statement, reason);
    }
    const watch = {
      intervalSeconds: this.pick([own, outer.intervalSeconds]) ?? USUAL_INTERVAL_SECONDS,
      timeoutSeconds: this.pick(limits(inner, outer, negotiates)) ?? usualLimit(negotiates),
      failures: this.pick([inner.failures, outer.failures]) ?? 1,
    };
    this.noteUnused(scope, [inner.checkSeconds, inner.negotiateSeconds]);
    return watch;
  }

  /** Notes the global times that no service goes by. */
  noteUnusedGlobals(scope: LdirectordScope): void {
    this.noteUnused(scope, Object.values(this.outer) as (Read<number> | undefined)[]);
  }

  private noteUnused({ ledger }: LdirectordScope, reads: readonly (Read<number> | undefined)[]): void {
    for (const read of reads) {
      if (read === undefined || this.used.has(read.statement)) continue;
      ledger.note(read.statement, 'no check goes by it: another time counts');
    }
  }

  private pick(reads: readonly (Read<number> | undefined)[]): number | undefined {
    const found = reads.find((read) => read !== undefined);
    if (found) this.used.add(found.statement);
    return found?.value;
  }
}

/** Each of the two words stands in for the other. */
function limits(inner: Times, outer: Times, negotiates: boolean): readonly (Read<number> | undefined)[] {
  return negotiates
    ? [inner.negotiateSeconds, inner.checkSeconds, outer.negotiateSeconds, outer.checkSeconds]
    : [inner.checkSeconds, inner.negotiateSeconds, outer.checkSeconds, outer.negotiateSeconds];
}

function usualLimit(negotiates: boolean): number {
  return negotiates ? USUAL_NEGOTIATE_SECONDS : USUAL_CHECK_SECONDS;
}
