import type { ForwardingMethod } from '@piranha/config';
import type { Ledger, Statement } from '../ledger.js';
import { namedPort } from '../ports.js';
import type { LdirectordScope } from './directives.js';
import { bareAddress, methodOf } from './real.js';
import { readTimes, TimesResolver } from './times.js';

/** The server of last resort. */
export interface Fallback {
  readonly statement: Statement;
  readonly address: string;
  /** Undefined: that of the service. */
  readonly port: number | undefined;
  readonly forwarding: ForwardingMethod;
}

/** What stands outside the virtual blocks and holds for all of them. */
export interface Globals {
  readonly times: TimesResolver;
  readonly quiescent: YesNo | undefined;
  /** Program that is told of the fallback servers of all services. */
  readonly fallbackCommand: Statement | undefined;
  readonly fallbacks: Readonly<Partial<Record<4 | 6, Fallback>>>;
  /** What some service goes by. */
  readonly used: Set<Statement>;
}

interface YesNo {
  readonly yes: boolean;
  readonly statement: Statement;
}

/** `ADDRESS[:PORT] [gate|masq|ipip]`, for IPv6 in brackets. */
export function readFallback(ledger: Ledger, statement: Statement, family: 4 | 6): Fallback | undefined {
  const [place = '', method = 'gate', ...more] = (statement.words[1] ?? '').split(/\s+/);
  const [, addressText = '', portText] = /^(\[[^\]]*\]|[^:]*)(?::([\w-]+))?$/.exec(place) ?? [];
  const address = bareAddress(addressText, family);
  const port = portText === undefined ? undefined : namedPort(portText);
  const forwarding = methodOf(method);
  const bad = more.length > 0 || (portText !== undefined && port === undefined);
  if (address === undefined || forwarding === undefined || bad) {
    ledger.note(statement, `it is no IPv${family} server: ADDRESS[:PORT] [gate|masq|ipip]`);
    return undefined;
  }
  ledger.carried(statement);
  return { statement, address, port, forwarding };
}

/** A word that is yes or no; anything else gets a note and counts as not said. */
function readYesNo(
  scope: LdirectordScope,
  name: 'cleanstop' | 'readdquiescent' | 'quiescent' | 'fork',
): YesNo | undefined {
  const statement = scope.last(name);
  const word = statement?.words[1];
  if (statement === undefined) return undefined;
  if (word === 'yes' || word === 'no') {
    scope.ledger.carried(statement);
    return { yes: word === 'yes', statement };
  }
  scope.ledger.note(statement, 'it is neither yes nor no');
  return undefined;
}

function readFallbacks(scope: LdirectordScope): Globals['fallbacks'] {
  const found = ([4, 6] as const).flatMap((family) => {
    const statement = scope.last(family === 6 ? 'fallback6' : 'fallback');
    const fallback = statement && readFallback(scope.ledger, statement, family);
    return fallback === undefined ? [] : [[family, fallback] as const];
  });
  return Object.fromEntries(found);
}

function readForks(scope: LdirectordScope): boolean {
  const forks = readYesNo(scope, 'fork');
  if (forks?.yes) {
    const reason = 'each server is checked by itself here in any case, and checkinterval of a virtual counts';
    scope.ledger.note(forks.statement, reason);
  }
  return forks?.yes ?? false;
}

/** Notes what stands outside the virtual blocks although each of them says its own. */
export function noteUnusedGlobals(
  scope: LdirectordScope,
  { times, quiescent, fallbacks, used }: Globals,
): void {
  times.noteUnusedGlobals(scope);
  for (const one of [quiescent, fallbacks[4], fallbacks[6]]) {
    if (one === undefined || used.has(one.statement)) continue;
    scope.ledger.note(one.statement, 'no service goes by it: each one says its own');
  }
}

/** Reads what stands outside the virtual blocks. */
export function readGlobals(scope: LdirectordScope): Globals {
  const cleanStop = readYesNo(scope, 'cleanstop');
  if (cleanStop?.yes === false) {
    scope.ledger.note(
      cleanStop.statement,
      'the table is emptied of its own entries at a stop; a restart keeps them',
    );
  }
  const readds = readYesNo(scope, 'readdquiescent');
  if (readds?.yes) {
    scope.ledger.note(readds.statement, 'a server comes into the table with its first good check');
  }
  return {
    times: new TimesResolver(readTimes(scope), readForks(scope)),
    quiescent: readYesNo(scope, 'quiescent'),
    fallbackCommand: scope.last('fallbackcommand'),
    fallbacks: readFallbacks(scope),
    used: new Set(),
  };
}
