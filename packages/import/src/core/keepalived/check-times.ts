import type { DraftWatch } from '../draft.js';
import type { Statement } from '../ledger.js';
import type { Read } from '../scope.js';
import type { KeepalivedScope } from './directives.js';

/** What one level says about when it is checked: the service, a server, or a single check. */
export interface CheckTimes {
  readonly intervalSeconds?: Read<number> | undefined;
  readonly limitSeconds?: Read<number> | undefined;
  readonly retries?: Read<number> | undefined;
  readonly retryDelaySeconds?: Read<number> | undefined;
  readonly warmupSeconds?: Read<number> | undefined;
  readonly startsDown?: Read<boolean> | undefined;
}

/** The same for one check, nothing left open. */
export interface ResolvedTimes {
  readonly intervalSeconds: number;
  readonly limitSeconds: number;
  readonly retries: number;
  readonly retryDelaySeconds: number;
  readonly warmupSeconds: number | undefined;
  readonly startsDown: boolean;
}

/** Defaults of a kind of check where they differ. */
export interface UsualTimes {
  readonly retries?: number;
  readonly retryDelaySeconds?: number | 'interval';
  readonly limitSeconds?: number | 'interval';
}

const MAXIMUM_SECONDS = 86_400;
const MAXIMUM_RETRIES = 100;
const USUAL_INTERVAL_SECONDS = 60;
const USUAL_LIMIT_SECONDS = 5;
const SECONDS = { minimum: 0.01, maximum: MAXIMUM_SECONDS } as const;
const WAIT_SECONDS = { minimum: 0, maximum: MAXIMUM_SECONDS } as const;

function readRetries(scope: KeepalivedScope): Read<number> | undefined {
  const read = scope.number(['retry', 'nb_get_retry'], { minimum: 0, maximum: 1_000_000, whole: true });
  if (read === undefined || read.value <= MAXIMUM_RETRIES) return read;
  scope.ledger.note(read.statement, `a check is repeated ${MAXIMUM_RETRIES} times at most`);
  return { ...read, value: MAXIMUM_RETRIES };
}

function readAlpha(scope: KeepalivedScope): Read<boolean> | undefined {
  const statement = scope.statements.find(({ words }) => words[0] === 'alpha');
  const on = scope.flag('alpha');
  if (on) scope.ledger.carried(on);
  return statement === undefined ? undefined : { value: on !== undefined, statement };
}

/** Reads the times of one level; `limit` is the word for how long a step may take, where it has one. */
export function readCheckTimes(
  scope: KeepalivedScope,
  limit: 'connect_timeout' | 'misc_timeout' = 'connect_timeout',
): CheckTimes {
  return {
    intervalSeconds: scope.number('delay_loop', SECONDS),
    limitSeconds: scope.number(limit, SECONDS),
    retries: readRetries(scope),
    retryDelaySeconds: scope.number('delay_before_retry', WAIT_SECONDS),
    warmupSeconds: scope.number('warmup', WAIT_SECONDS),
    startsDown: readAlpha(scope),
  };
}

/** Finds the times of checks: what the check says, else its server, else the service, else keepalived's default. */
export class TimesResolver {
  private readonly used = new Set<Statement>();

  /** @param levels from the finest to the service */
  resolve(levels: readonly CheckTimes[], usual: UsualTimes = {}): ResolvedTimes {
    const intervalSeconds = this.pick(levels, 'intervalSeconds') ?? USUAL_INTERVAL_SECONDS;
    const orInterval = (value: number | 'interval') => (value === 'interval' ? intervalSeconds : value);
    const retries = this.pick(levels, 'retries') ?? usual.retries ?? 1;
    const delay = retries > 0 ? this.pick(levels, 'retryDelaySeconds') : undefined;
    return {
      intervalSeconds,
      limitSeconds:
        this.pick(levels, 'limitSeconds') ?? orInterval(usual.limitSeconds ?? USUAL_LIMIT_SECONDS),
      retries,
      retryDelaySeconds: delay ?? orInterval(usual.retryDelaySeconds ?? 1),
      warmupSeconds: this.pick(levels, 'warmupSeconds'),
      startsDown: this.pick(levels, 'startsDown') ?? false,
    };
  }

  /** Notes what one level says although no check goes by it. */
  noteUnused({ ledger }: KeepalivedScope, times: CheckTimes): void {
    for (const read of Object.values(times) as (Read<number | boolean> | undefined)[]) {
      if (read === undefined || this.used.has(read.statement)) continue;
      ledger.note(read.statement, 'no check goes by it: they say their own, or nothing is repeated');
    }
  }

  private pick<Name extends keyof CheckTimes>(
    levels: readonly CheckTimes[],
    name: Name,
  ): NonNullable<CheckTimes[Name]>['value'] | undefined {
    const found = levels.map((level) => level[name]).find((read) => read !== undefined);
    if (found) this.used.add(found.statement);
    return found?.value;
  }
}

/** The times of a server from those of its checks, which run together: none is asked more rarely, or less often again. */
export function watchOf(times: readonly ResolvedTimes[]): DraftWatch {
  const repeated = times.filter(({ retries }) => retries > 0);
  const warmups = times.flatMap(({ warmupSeconds }) => warmupSeconds ?? []);
  return {
    timeoutSeconds: Math.max(...times.map(({ limitSeconds }) => limitSeconds)),
    intervalSeconds: Math.min(...times.map(({ intervalSeconds }) => intervalSeconds)),
    retries: Math.max(...times.map(({ retries }) => retries)),
    retryDelaySeconds:
      repeated.length > 0
        ? Math.max(...repeated.map(({ retryDelaySeconds }) => retryDelaySeconds))
        : undefined,
    warmupSeconds: warmups.length > 0 ? Math.max(...warmups) : undefined,
    startsDown: times.some(({ startsDown }) => startsDown),
  };
}
