import type { ForwardingMethod, ServiceProtocol } from '@piranha/config';
import { type ClassicEntry, commonClassic } from '../checks.js';
import { distinctServers } from '../collect.js';
import type { DraftServer, DraftVirtual, DraftWatch } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { namedPort } from '../ports.js';
import { Scope } from '../scope.js';
import { type CheckStyle, checkFor } from './checks.js';
import type { LdirectordScope, LdirectordWord } from './directives.js';
import { type Fallback, type Globals, readFallback } from './globals.js';
import { readFallbackCommand } from './notices.js';
import { bareAddress, type RealLine, readReal } from './real.js';
import { readPersistence, readProtocol, readScheduling } from './scheduling.js';
import { readStyle, usualPort } from './style.js';
import { readTimes } from './times.js';

const MAXIMUM_MARK = 2_147_483_647;

interface Key {
  readonly address: string | undefined;
  readonly port: number;
  readonly mark: number;
  readonly family: 4 | 6;
}

function readKey(ledger: Ledger, header: Statement): Key | undefined {
  const family = header.words[0] === 'virtual6' ? 6 : 4;
  const value = header.words[1] ?? '';
  const mark = /^\d+$/.test(value) ? Number(value) : 0;
  if (mark >= 1 && mark <= MAXIMUM_MARK) return { address: undefined, port: 0, mark, family };
  const [, addressText = '', portText = ''] = /^(\[[^\]]*\]|[^:]*):([\w-]+)$/.exec(value) ?? [];
  const address = bareAddress(addressText, family);
  const port = namedPort(portText);
  if (address !== undefined && port !== undefined) return { address, port, mark: 0, family };
  const reason = `it is no IPv${family} ADDRESS:PORT and no mark: write addresses and numbers in the place of names`;
  ledger.note(header, reason);
  return undefined;
}

interface FoundServer {
  readonly statement: Statement;
  readonly server: DraftServer;
  /** For `send` and `expect`. */
  readonly classic: ClassicEntry | undefined;
}

interface Frame {
  readonly key: Key;
  readonly style: CheckStyle;
  readonly checkPort: number | undefined;
  /** A server that is down stays in the table, with weight 0. */
  readonly quiesces: boolean;
  readonly watch: DraftWatch;
}

/** The port that is checked: that of checkport, of the server, of the kind of service. */
function checkedPort(real: RealLine, port: number, { style, checkPort }: Frame): number | undefined {
  if (style.type !== 'negotiate' && style.type !== 'connect') return undefined;
  const wanted = checkPort ?? (real.port > 0 ? undefined : usualPort(style.question.service));
  return wanted === port ? undefined : wanted;
}

/** Without a port a server has that of the service; for a mark it keeps the port of each packet. */
function tablePort(ledger: Ledger, { port, forwarding, statement }: RealLine, { key }: Frame): number {
  if (port > 0 || key.mark > 0) return port;
  if (forwarding === 'nat') {
    const reason = `port ${key.port} stands in the table in the place of 0, and connections go where they went`;
    ledger.note(statement, reason);
  }
  return key.port;
}

function serversOf(ledger: Ledger, real: RealLine, frame: Frame): FoundServer[] {
  const { style } = frame;
  const { question } = style;
  const request = real.ask?.request ?? question.request;
  const own = {
    ...question,
    request: request.startsWith('/') ? request : `/${request}`,
    receive: real.ask?.receive ?? question.receive,
  };
  const asked = real.ask === undefined ? own : { ...own, statement: real.statement, answer: real.statement };
  const { checks, classic } = checkFor(ledger, style, asked);
  const port = tablePort(ledger, real, frame);
  const checkPort = checkedPort(real, port, frame);
  return real.addresses.map((address) => ({
    statement: real.statement,
    classic: classic && { statement: real.statement, classic },
    server: {
      address,
      port,
      checkPort,
      active: style.type !== 'off' || frame.quiesces,
      // Servers of `off` are never up.
      weight: style.type === 'off' ? 0 : real.weight,
      forwarding: real.forwarding,
      upperThreshold: real.upperThreshold,
      lowerThreshold: real.lowerThreshold,
      checks,
      watch: frame.watch,
    },
  }));
}

function readComments(scope: LdirectordScope): string[] {
  return (['servicename', 'comment'] as const).flatMap((name) => {
    const statement = scope.last(name);
    const text = statement?.words[1] ?? '';
    if (statement === undefined) return [];
    scope.ledger.carried(statement);
    return text === '' ? [] : [text];
  });
}

/** The fallback server of a virtual or of all, and what lvs.cf cannot say of it. */
function fallbackOf(scope: LdirectordScope, key: Key, globals: Globals): Fallback | undefined {
  const statement = scope.last('fallback', 'fallback6');
  const own = statement && readFallback(scope.ledger, statement, key.family);
  const fallback = own ?? globals.fallbacks[key.family];
  if (fallback === undefined) return undefined;
  globals.used.add(fallback.statement);
  const portCounts = fallback.forwarding === 'nat' || key.mark > 0;
  if (portCounts && fallback.port !== undefined && fallback.port !== key.port) {
    const port = key.mark > 0 ? 'each packet' : `the service, ${key.port}`;
    const reason = `the fallback server of line ${fallback.statement.line} has the port of ${port}`;
    scope.ledger.note(fallback.statement, reason);
  }
  return fallback;
}

function readQuiesce(scope: LdirectordScope, globals: Globals): boolean {
  const statement = scope.last('quiescent');
  if (statement === undefined) {
    if (globals.quiescent) globals.used.add(globals.quiescent.statement);
    return globals.quiescent?.yes ?? false;
  }
  const word = statement.words[1];
  if (word === 'yes' || word === 'no') scope.ledger.carried(statement);
  else scope.ledger.note(statement, 'it is neither yes nor no');
  return word === 'yes';
}

function readCheckPort(scope: LdirectordScope, { type }: CheckStyle): number | undefined {
  const read = scope.number('checkport', { minimum: 1, maximum: 65_535, whole: true });
  if (read && type !== 'negotiate' && type !== 'connect')
    scope.ledger.note(read.statement, `it has no use: checktype ${type} asks no port`);
  return read?.value;
}

function readReals(scope: LdirectordScope, { family }: Key): RealLine[] {
  const word = family === 6 ? 'real6' : 'real';
  return scope.all(word).flatMap((statement) => readReal(scope.ledger, statement, family) ?? []);
}

/** Reads one `virtual` with its lines; undefined with notes where it cannot be written. */
export function readVirtual(ledger: Ledger, header: Statement, globals: Globals): DraftVirtual | undefined {
  const key = readKey(ledger, header);
  if (key === undefined) return undefined;
  ledger.carried(header);
  const scope = new Scope<LdirectordWord>(ledger, header.children ?? []);
  const protocol: ServiceProtocol = readProtocol(scope, key.port, key.mark > 0);
  const reals = readReals(scope, key);
  const style = readStyle(scope, header, { protocol, port: key.port });
  const watch = globals.times.watchOf(scope, readTimes(scope), style.type === 'negotiate');
  const frame: Frame = {
    key,
    style,
    checkPort: readCheckPort(scope, style),
    quiesces: readQuiesce(scope, globals),
    watch,
  };
  const found = distinctServers(
    ledger,
    reals.flatMap((real) => serversOf(ledger, real, frame)),
    key.mark > 0,
  );
  const fallback = fallbackOf(scope, key, globals);
  const forwarding: ForwardingMethod = fallback?.forwarding ?? found[0]?.server.forwarding ?? 'direct';
  return {
    address: key.address,
    port: key.port,
    mark: key.mark,
    protocol,
    ...readScheduling(scope, protocol),
    ...readPersistence(scope, key.family),
    sorryServer: fallback?.address,
    forwarding,
    classic: commonClassic(
      ledger,
      found.flatMap((one) => one.classic ?? []),
    ),
    watch,
    quorum:
      style.type === 'off'
        ? {}
        : readFallbackCommand(scope, globals, { ...key, protocol: key.mark > 0 ? 'fwm' : protocol }),
    quiesceServer: frame.quiesces,
    servers: found.map(({ server }) => server),
    comments: readComments(scope),
  };
}
