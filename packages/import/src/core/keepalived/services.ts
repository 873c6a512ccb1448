import { addressFamily } from '@piranha/common';
import type { ServiceProtocol } from '@piranha/config';
import { readAddress, readPort } from '../addresses.js';
import { distinctServers, ServiceCollector } from '../collect.js';
import { type Draft, type DraftVirtual, familyOf } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { Scope } from '../scope.js';
import { readCheckTimes, TimesResolver, watchOf } from './check-times.js';
import { DATAGRAM_CHECKS } from './checks.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';
import { readForwarding } from './forwarding.js';
import { noteUnusedHost, readHost } from './page-check.js';
import { readQuorum } from './quorum.js';
import { readPersistence, readScheduling, USUAL_PERSISTENCE_SECONDS } from './scheduling.js';
import { type FoundServer, readServer, type ServiceFrame, WEIGHT } from './servers.js';
import { readKeys, readServiceGroups, type ServiceKey } from './service-keys.js';

const PROTOCOLS: readonly ServiceProtocol[] = ['tcp', 'udp', 'sctp'];

/** A mark has no protocol; lvs.cf has one for the check. */
function readMarkProtocol(scope: KeepalivedScope): ServiceProtocol {
  const checks = scope.statements.flatMap(({ children }) => children ?? []);
  const protocol = checks.some(({ words }) => DATAGRAM_CHECKS.includes(words[0] ?? '')) ? 'udp' : 'tcp';
  const statement = scope.last('protocol');
  if (statement === undefined) return protocol;
  if (statement.words[1]?.toLowerCase() === protocol) scope.ledger.carried(statement);
  else
    scope.ledger.note(
      statement,
      `keepalived ignores the protocol of a mark: ${protocol} is written for its check`,
    );
  return protocol;
}

function readProtocol(scope: KeepalivedScope, header: Statement): ServiceProtocol {
  const statement = scope.last('protocol');
  const word = (statement?.words[1] ?? '').toLowerCase();
  const protocol = PROTOCOLS.find((one) => one === word);
  if (statement && protocol) scope.ledger.carried(statement);
  if (protocol) return protocol;
  scope.ledger.note(statement ?? header, 'no protocol is said: keepalived takes UDP, and so udp is written');
  return 'udp';
}

/** Address of the sorry server, which lvs.cf knows without a port. */
function readSorryServer(
  scope: KeepalivedScope,
  { family, port, mark }: ServiceFrame,
  method: string,
): string | undefined {
  const statement = scope.last('sorry_server');
  if (statement === undefined) return undefined;
  const [, addressText = '', portText] = statement.words;
  const address = readAddress(addressText);
  const fits = address !== undefined && (method === 'tunnel' || addressFamily(address) === (family ?? 4));
  if (address === undefined || !fits) {
    scope.ledger.note(statement, 'it is no address that the service could use');
    return undefined;
  }
  scope.ledger.carried(statement);
  const own = portText === undefined ? port : readPort(portText);
  if ((method === 'nat' || mark) && own !== port) {
    scope.ledger.note(statement, `the sorry server has the port of the service, ${port}`);
  }
  return address;
}

/** `inhibit_on_failure` of the service, or of all its servers. */
function readQuiesce(scope: KeepalivedScope, servers: readonly FoundServer[]): boolean {
  const ofService = scope.flag('inhibit_on_failure');
  if (ofService) scope.ledger.carried(ofService);
  const inhibited = servers.flatMap(({ inhibit }) => inhibit ?? []);
  const all = ofService !== undefined || (servers.length > 0 && inhibited.length === servers.length);
  for (const statement of inhibited) {
    if (all) scope.ledger.carried(statement);
    else
      scope.ledger.note(
        statement,
        'it stands for all servers of a service or for none: failed ones are removed',
      );
  }
  return all;
}

function familyOfKeys(keys: readonly ServiceKey[]): 4 | 6 | undefined {
  const address = keys.find((key) => key.address !== undefined)?.address;
  return address === undefined ? undefined : addressFamily(address);
}

function readFrame(scope: KeepalivedScope, header: Statement, keys: readonly ServiceKey[]): ServiceFrame {
  const mark = keys.every((key) => key.mark > 0);
  return {
    protocol: mark ? readMarkProtocol(scope) : readProtocol(scope, header),
    forwarding: readForwarding(scope, METHOD_WORDS, 'nat'),
    weight: scope.number('weight', WEIGHT)?.value ?? 1,
    host: readHost(scope, undefined),
    times: readCheckTimes(scope),
    resolver: new TimesResolver(),
    family: familyOfKeys(keys),
    port: keys[0]?.port ?? 0,
    mark: keys.some((key) => key.mark > 0),
  };
}

const METHOD_WORDS = ['lvs_method', 'lb_kind'] as const;

/** The method of a service of which every server, and the sorry server, says its own. */
function noteUnusedMethod(scope: KeepalivedScope, servers: readonly FoundServer[]): void {
  const isMethod = ({ words }: Statement) => METHOD_WORDS.some((word) => words[0] === word);
  const sorry = scope.statements.some(({ words }) => words[0] === 'sorry_server_lvs_method');
  const statement = scope.statements.findLast(isMethod);
  if (!sorry || statement === undefined || servers.length === 0) return;
  if (servers.every((server) => server.statement.children?.some(isMethod)))
    scope.ledger.note(statement, 'nothing goes by it: each server says its own');
}

/** What all services of one `virtual_server` have in common. */
function readService(
  scope: KeepalivedScope,
  header: Statement,
  keys: readonly ServiceKey[],
): Omit<DraftVirtual, keyof ServiceKey> {
  const frame = readFrame(scope, header, keys);
  const found = scope.all('real_server').flatMap((one) => readServer(scope.ledger, one, frame) ?? []);
  const servers = distinctServers(scope.ledger, found, frame.mark);
  const drafts = servers.map(({ server }) => server);
  noteUnusedMethod(scope, servers);
  if (drafts.length > 0) frame.resolver.noteUnused(scope, frame.times);
  noteUnusedHost(
    scope,
    drafts.flatMap(({ checks }) => checks),
  );
  const watch = watchOf([frame.resolver.resolve([frame.times])]);
  const sorryMethod = readForwarding(scope, ['sorry_server_lvs_method'], frame.forwarding);
  return {
    protocol: frame.protocol,
    ...readScheduling(scope, frame.protocol),
    ...readPersistence(scope, frame.family ?? 4),
    sorryServer: readSorryServer(scope, frame, sorryMethod),
    forwarding: sorryMethod,
    classic: {},
    watch,
    quorum: readQuorum(scope),
    quiesceServer: readQuiesce(scope, servers),
    servers: drafts,
    comments: [],
  };
}

/** The services that a header names; none, with notes, where it names none that could be written. */
function keysOf(
  ledger: Ledger,
  header: Statement,
  groups: ReadonlyMap<string, readonly ServiceKey[]>,
): readonly ServiceKey[] {
  const [, first = '', name = ''] = header.words;
  if (first !== 'group') return readKeys(ledger, header, header.words.slice(1));
  const keys = groups.get(name) ?? [];
  if (keys.length === 0) ledger.note(header, `there is no service in a virtual_server_group ${name}`);
  const family = familyOfKeys(keys);
  const alike = keys.filter(({ address }) => address === undefined || addressFamily(address) === family);
  if (alike.length < keys.length)
    ledger.note(header, `only the IPv${family} services of ${name} are carried over`);
  return alike;
}

/** `ip_family` of a mark says what its servers say. */
function readFamily(scope: KeepalivedScope, { servers }: Pick<DraftVirtual, 'servers'>): void {
  const statement = scope.last('ip_family');
  if (statement === undefined) return;
  const family = statement.words[1] === 'inet6' ? 6 : 4;
  if (familyOf({ address: undefined, servers }) === family) scope.ledger.carried(statement);
  else scope.ledger.note(statement, 'the family of a mark is that of its servers');
}

/** A service for all ports is persistent, as keepalived has it. */
function forAllPorts(ledger: Ledger, header: Statement, virtual: DraftVirtual): DraftVirtual {
  if (virtual.mark > 0 || virtual.port > 0 || virtual.persistentSeconds > 0) return virtual;
  const reason = `a service for all ports is persistent: keepalived writes ${USUAL_PERSISTENCE_SECONDS} s too`;
  ledger.note(header, reason);
  return { ...virtual, persistentSeconds: USUAL_PERSISTENCE_SECONDS };
}

/** Every `virtual_server`, each with the services of its group. */
export function readServices(draft: Draft, scope: KeepalivedScope): void {
  const { ledger } = scope;
  const groups = readServiceGroups(scope);
  const collector = new ServiceCollector(draft, ledger);
  for (const header of scope.all('virtual_server')) {
    ledger.carried(header);
    const keys = keysOf(ledger, header, groups);
    if (keys.length === 0) {
      for (const child of header.children ?? [])
        ledger.noteAll(child, 'its virtual_server is not carried over');
      continue;
    }
    const inner = new Scope<KeepalivedWord>(ledger, header.children ?? []);
    const service = readService(inner, header, keys);
    readFamily(inner, service);
    if (service.servers.length === 0) {
      ledger.noteAll(
        header,
        'it has no server that could be carried over: keepalived leaves such a service out too',
      );
      continue;
    }
    collector.add(
      header,
      keys.map((key) => forAllPorts(ledger, header, { ...service, ...key })),
    );
  }
}
