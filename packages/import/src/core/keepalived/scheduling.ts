import { parseIpv4 } from '@piranha/common';
import type { ServiceProtocol } from '@piranha/config';
import type { DraftVirtual } from '../draft.js';
import { fitsScheduler, SCHEDULERS } from '../schedulers.js';
import type { KeepalivedScope } from './directives.js';

const FLAGS = ['sh-port', 'sh-fallback', 'mh-port', 'mh-fallback', 'flag-1', 'flag-2', 'flag-3'] as const;
/** Of keepalived, where a persistent service says no time. */
export const USUAL_PERSISTENCE_SECONDS = 360;
const MAXIMUM_PERSISTENCE_SECONDS = 2_147_483;

function readScheduler(scope: KeepalivedScope): string {
  const statement = scope.last('lvs_sched', 'lb_algo');
  const word = statement?.words[1] ?? '';
  if (statement === undefined) return 'wlc';
  if (!SCHEDULERS.includes(word)) {
    scope.ledger.note(statement, `'${word}' is no scheduler: wlc is written, which keepalived uses too`);
    return 'wlc';
  }
  scope.ledger.carried(statement);
  for (const extra of statement.words.slice(2))
    scope.ledger.note(statement, `'${extra}' is not understood here`);
  return word;
}

type Scheduling = Pick<DraftVirtual, 'scheduler' | 'schedulerFlags' | 'onePacket'>;

/** Scheduler with its flags, and one-packet scheduling. */
export function readScheduling(scope: KeepalivedScope, protocol: ServiceProtocol): Scheduling {
  const scheduler = readScheduler(scope);
  const schedulerFlags = FLAGS.filter((flag) => {
    const statement = scope.flag(flag);
    if (statement === undefined) return false;
    const does = fitsScheduler(flag, scheduler);
    if (does) scope.ledger.carried(statement);
    else scope.ledger.note(statement, `scheduler ${scheduler} has no such flag`);
    return does;
  });
  const ops = scope.flag('ops');
  const onePacket = ops !== undefined && protocol === 'udp';
  if (ops && onePacket) scope.ledger.carried(ops);
  else if (ops) scope.ledger.note(ops, 'one-packet scheduling is for UDP');
  return { scheduler, schedulerFlags, onePacket };
}

function readMask(scope: KeepalivedScope, family: 4 | 6): string | undefined {
  const statement = scope.last('persistence_granularity');
  if (statement === undefined) return undefined;
  const word = statement.words[1] ?? '';
  const isPrefix = /^\d+$/.test(word) && Number(word) >= 1 && Number(word) <= 128;
  const isMask = /^\d+\.\d+\.\d+\.\d+$/.test(word) && parseIpv4(word) !== undefined;
  if (family === 6 ? isPrefix : isMask) {
    scope.ledger.carried(statement);
    return word;
  }
  scope.ledger.note(statement, `'${word}' is no mask for IPv${family}`);
  return undefined;
}

/** Persistence, six minutes where the word stands alone. */
export function readPersistence(
  scope: KeepalivedScope,
  family: 4 | 6,
): Pick<DraftVirtual, 'persistentSeconds' | 'persistenceMask'> {
  const statement = scope.last('persistence_timeout');
  if (statement === undefined) return { persistentSeconds: 0, persistenceMask: undefined };
  const persistenceMask = readMask(scope, family);
  if (statement.words.length === 1) {
    scope.ledger.carried(statement);
    return { persistentSeconds: USUAL_PERSISTENCE_SECONDS, persistenceMask };
  }
  const range = { minimum: 1, maximum: MAXIMUM_PERSISTENCE_SECONDS, whole: true } as const;
  const persistentSeconds = scope.number('persistence_timeout', range)?.value ?? 0;
  return { persistentSeconds, persistenceMask: persistentSeconds > 0 ? persistenceMask : undefined };
}
