import { type Read, readNumber, type Scope } from '../scope.js';

const RANGE = { minimum: 1, maximum: 86_400, whole: true } as const;
const USUAL_INTERVAL_SECONDS = 10;

/** Times as they stand outside or inside a virtual block; undefined where they are not said. */
export interface Times {
  readonly intervalSeconds: Read<number> | undefined;
  readonly checkSeconds: Read<number> | undefined;
  readonly negotiateSeconds: Read<number> | undefined;
}

/** Reads the times of one level. */
export function readTimes(scope: Scope): Times {
  const failures = scope.last('failurecount');
  const count = failures && readNumber(scope.ledger, failures, { ...RANGE, maximum: 1_000_000 });
  if (failures && count && count.value > 1) {
    scope.ledger.note(failures, 'a single failed check takes a server out: there is no word for it');
  }
  return {
    intervalSeconds: scope.number('checkinterval', RANGE),
    checkSeconds: scope.number('checktimeout', RANGE),
    negotiateSeconds: scope.number('negotiatetimeout', RANGE),
  };
}

/** Seconds between two checks of a service. */
export function intervalOf(scope: Scope, inner: Times, outer: Times, forks: boolean): number {
  const own = inner.intervalSeconds;
  if (own && forks) return own.value;
  if (own)
    scope.ledger.note(
      own.statement,
      'without fork = yes ldirectord ignores it here, and the global one counts',
    );
  return outer.intervalSeconds?.value ?? USUAL_INTERVAL_SECONDS;
}

/** The limit of a check; each of the two words stands in for the other. */
export function limitOf(inner: Times, outer: Times, negotiates: boolean): Read<number> | undefined {
  const order = negotiates
    ? [inner.negotiateSeconds, inner.checkSeconds, outer.negotiateSeconds, outer.checkSeconds]
    : [inner.checkSeconds, inner.negotiateSeconds, outer.checkSeconds, outer.negotiateSeconds];
  return order.find((one) => one !== undefined);
}
