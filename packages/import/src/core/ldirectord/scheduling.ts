import { parseIpv4 } from '@piranha/common';
import type { ServiceProtocol } from '@piranha/config';
import type { DraftVirtual } from '../draft.js';
import { fitsScheduler, SCHEDULERS } from '../schedulers.js';
import type { LdirectordScope } from './directives.js';

const USUAL_SCHEDULER = 'wrr';
const DNS_PORT = 53;
const PERSISTENCE = { minimum: 1, maximum: 2_147_483, whole: true } as const;

/** `protocol`; DNS goes by UDP unless told. A mark has none, and lvs.cf one for its check. */
export function readProtocol(scope: LdirectordScope, port: number, mark: boolean): ServiceProtocol {
  const usual = !mark && port === DNS_PORT ? 'udp' : 'tcp';
  const statement = scope.last('protocol');
  const word = statement?.words[1] ?? '';
  if (statement === undefined) return usual;
  const fits = mark ? word === 'fwm' : word === 'tcp' || word === 'udp';
  if (!fits) {
    scope.ledger.note(
      statement,
      mark ? 'a mark has protocol = fwm' : `it is neither tcp nor udp: ${usual} is written`,
    );
    return usual;
  }
  scope.ledger.carried(statement);
  return word === 'udp' ? 'udp' : 'tcp';
}

function readScheduler(scope: LdirectordScope): string {
  const statement = scope.last('scheduler');
  const word = statement?.words[1] ?? '';
  if (statement === undefined) return USUAL_SCHEDULER;
  if (SCHEDULERS.includes(word)) {
    scope.ledger.carried(statement);
    return word;
  }
  scope.ledger.note(statement, `'${word}' is no scheduler of lvs.cf: ${USUAL_SCHEDULER} is written`);
  return USUAL_SCHEDULER;
}

function readFlags(scope: LdirectordScope, scheduler: string): string[] {
  const statement = scope.last('schedflags');
  if (statement === undefined) return [];
  const flags = (statement.words[1] ?? '').split(',').filter((flag) => flag !== '');
  scope.ledger.carried(statement);
  return [...new Set(flags)].filter((flag) => {
    const fits = fitsScheduler(flag, scheduler);
    if (!fits) scope.ledger.note(statement, `scheduler ${scheduler} has no flag '${flag}'`);
    return fits;
  });
}

function readOnePacket(scope: LdirectordScope, protocol: ServiceProtocol): boolean {
  const statement = scope.last('ops');
  if (statement === undefined) return false;
  const word = statement.words[1];
  const wanted = word === 'yes';
  if (!wanted && word !== 'no') scope.ledger.note(statement, 'it is neither yes nor no');
  else if (wanted && protocol !== 'udp') scope.ledger.note(statement, 'one-packet scheduling is for UDP');
  else scope.ledger.carried(statement);
  return wanted && protocol === 'udp';
}

/** Scheduler with its flags, and one-packet scheduling. */
export function readScheduling(
  scope: LdirectordScope,
  protocol: ServiceProtocol,
): Pick<DraftVirtual, 'scheduler' | 'schedulerFlags' | 'onePacket'> {
  const scheduler = readScheduler(scope);
  return {
    scheduler,
    schedulerFlags: readFlags(scope, scheduler),
    onePacket: readOnePacket(scope, protocol),
  };
}

function readMask(scope: LdirectordScope, family: 4 | 6, persistent: boolean): string | undefined {
  const statement = scope.last('netmask');
  if (statement === undefined) return undefined;
  const word = statement.words[1] ?? '';
  const isPrefix = /^\d+$/.test(word) && Number(word) >= 1 && Number(word) <= 128;
  const isMask = /^\d+\.\d+\.\d+\.\d+$/.test(word) && parseIpv4(word) !== undefined;
  if (!(family === 6 ? isPrefix : isMask))
    scope.ledger.note(statement, `'${word}' is no mask for IPv${family}`);
  else if (!persistent) scope.ledger.note(statement, 'it has no effect without persistent');
  else {
    scope.ledger.carried(statement);
    return word;
  }
  return undefined;
}

/** Persistence and its mask. */
export function readPersistence(
  scope: LdirectordScope,
  family: 4 | 6,
): Pick<DraftVirtual, 'persistentSeconds' | 'persistenceMask'> {
  const persistentSeconds = scope.number('persistent', PERSISTENCE)?.value ?? 0;
  return { persistentSeconds, persistenceMask: readMask(scope, family, persistentSeconds > 0) };
}
