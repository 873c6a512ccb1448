import { addressFamily } from '@piranha/common';
import type { ForwardingMethod, ServiceProtocol } from '@piranha/config';
import { readAddress, readPort } from '../addresses.js';
import type { DraftServer } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { Scope } from '../scope.js';
import { type FoundCheck, readRetry, readServerCheck, SECONDS_RANGE } from './checks.js';
import { readForwarding } from './forwarding.js';
import { noteUnusedHost, readHost } from './http-check.js';

/** What the servers of a service have from it. */
export interface ServiceFrame {
  readonly protocol: ServiceProtocol;
  readonly forwarding: ForwardingMethod;
  readonly weight: number;
  readonly host: string | undefined;
  /** Of the service; undefined where its servers decide (marks). */
  readonly family: 4 | 6 | undefined;
  /** Port of the service, 0 for marks. */
  readonly port: number;
  readonly mark: boolean;
}

/** A server with what belongs to its check. */
export interface FoundServer {
  readonly statement: Statement;
  readonly server: DraftServer;
  readonly found: FoundCheck | undefined;
  readonly inhibit: Statement | undefined;
}

const COUNT = { minimum: 0, maximum: 2_147_483_647, whole: true } as const;
/** What IPVS takes. */
export const WEIGHT = { minimum: 0, maximum: 65_535, whole: true } as const;

function readThresholds(scope: Scope): Pick<DraftServer, 'upperThreshold' | 'lowerThreshold'> {
  const upperThreshold = scope.number('uthreshold', COUNT)?.value ?? 0;
  const lower = scope.number('lthreshold', COUNT);
  const lowerThreshold = lower?.value ?? 0;
  if (lower && lowerThreshold > 0 && lowerThreshold >= upperThreshold) {
    scope.ledger.note(lower.statement, 'it is not below uthreshold');
    return { upperThreshold, lowerThreshold: 0 };
  }
  return { upperThreshold, lowerThreshold };
}

/** Ports of a server: in the table, and for its check where that is another one. */
function portsOf(
  ledger: Ledger,
  found: FoundCheck | undefined,
  { port }: Place,
  { forwarding, mark }: { readonly forwarding: ForwardingMethod; readonly mark: boolean },
): Pick<DraftServer, 'port' | 'checkPort'> {
  const wanted = found?.port;
  // Without NAT the table entry of a mark has no port.
  if (mark && forwarding !== 'nat') return { port: 0, checkPort: wanted?.value ?? port };
  if (wanted === undefined || wanted.value === port) return { port, checkPort: undefined };
  // A mark's servers without a port keep the port of each packet.
  if (forwarding !== 'nat' || (mark && port === 0)) return { port, checkPort: wanted.value };
  ledger.note(wanted.statement, `under NAT the port that is served is checked: ${port}`);
  return { port, checkPort: undefined };
}

interface Place {
  readonly address: string;
  readonly port: number;
}

function readPlace(ledger: Ledger, statement: Statement, frame: ServiceFrame): Place | undefined {
  const [, addressText = '', portText] = statement.words;
  const address = readAddress(addressText);
  const port = portText === undefined ? frame.port : readPort(portText);
  if (address === undefined || port === undefined) {
    ledger.noteAll(statement, 'it is no address and port of a server');
    return undefined;
  }
  return { address, port };
}

/** Reads one `real_server`; undefined with notes where it cannot be in the table. */
export function readServer(
  ledger: Ledger,
  statement: Statement,
  frame: ServiceFrame,
): FoundServer | undefined {
  const place = readPlace(ledger, statement, frame);
  if (place === undefined) return undefined;
  const scope = new Scope(ledger, statement.children ?? []);
  const forwarding = readForwarding(scope, ['lvs_method', 'lb_kind'], frame.forwarding);
  if (
    frame.family !== undefined &&
    addressFamily(place.address) !== frame.family &&
    forwarding !== 'tunnel'
  ) {
    ledger.noteAll(statement, `only a tunnel leads from IPv${frame.family} to another family`);
    return undefined;
  }
  ledger.carried(statement);
  for (const extra of statement.words.slice(3)) ledger.note(statement, `'${extra}' is not understood here`);
  const host = readHost(scope, frame.host);
  const found = readServerCheck(scope, { ...place, protocol: frame.protocol, host });
  if (found) noteUnusedHost(scope, found.check);
  const weight = scope.number('weight', WEIGHT)?.value ?? frame.weight;
  noteFiner(scope);
  const inhibit = scope.flag('inhibit_on_failure');
  const server: DraftServer = {
    address: place.address,
    ...portsOf(ledger, found, place, { forwarding, mark: frame.mark }),
    active: true,
    weight,
    forwarding,
    ...readThresholds(scope),
  };
  return { statement, server, found, inhibit };
}

/** Times that a service has for all its servers. */
function noteFiner(scope: Scope): void {
  for (const name of ['delay_loop', 'connect_timeout']) {
    const time = scope.number(name, SECONDS_RANGE);
    if (time)
      scope.ledger.note(time.statement, 'the time of the service counts, that of a server cannot be said');
  }
  readRetry(scope);
}
