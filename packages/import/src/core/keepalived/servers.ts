import { addressFamily } from '@piranha/common';
import type { ForwardingMethod, ServiceProtocol } from '@piranha/config';
import { readAddress, readPort } from '../addresses.js';
import type { DraftServer } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { Scope } from '../scope.js';
import { type CheckTimes, readCheckTimes, type TimesResolver } from './check-times.js';
import { readServerChecks } from './checks.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';
import { readForwarding } from './forwarding.js';
import { noteUnusedHost, readHost } from './page-check.js';

/** What the servers of a service have from it. */
export interface ServiceFrame {
  readonly protocol: ServiceProtocol;
  readonly forwarding: ForwardingMethod;
  readonly weight: number;
  readonly host: string | undefined;
  readonly times: CheckTimes;
  readonly resolver: TimesResolver;
  /** Of the service; undefined where its servers decide (marks). */
  readonly family: 4 | 6 | undefined;
  /** Port of the service, 0 for marks. */
  readonly port: number;
  readonly mark: boolean;
}

/** A server with what its service has to know of it. */
export interface FoundServer {
  readonly statement: Statement;
  readonly server: DraftServer;
  readonly inhibit: Statement | undefined;
}

const COUNT = { minimum: 0, maximum: 2_147_483_647, whole: true } as const;
/** What IPVS takes. */
export const WEIGHT = { minimum: 0, maximum: 65_535, whole: true } as const;

function readThresholds(scope: KeepalivedScope): Pick<DraftServer, 'upperThreshold' | 'lowerThreshold'> {
  const upperThreshold = scope.number('uthreshold', COUNT)?.value ?? 0;
  const lower = scope.number('lthreshold', COUNT);
  const lowerThreshold = lower?.value ?? 0;
  if (lower && lowerThreshold > 0 && lowerThreshold >= upperThreshold) {
    scope.ledger.note(lower.statement, 'it is not below uthreshold');
    return { upperThreshold, lowerThreshold: 0 };
  }
  return { upperThreshold, lowerThreshold };
}

/** Ports of a server: in the table, and for its checks where that is another one. */
function portsOf(
  { port }: Place,
  { forwarding, mark }: { readonly forwarding: ForwardingMethod; readonly mark: boolean },
): Pick<DraftServer, 'port' | 'checkPort'> {
  // Without NAT the table entry of a mark has no port.
  if (mark && forwarding !== 'nat') return { port: 0, checkPort: port === 0 ? undefined : port };
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
  const scope = new Scope<KeepalivedWord>(ledger, statement.children ?? []);
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
  const times = readCheckTimes(scope);
  const { resolver } = frame;
  const all = [times, frame.times];
  const checked = { ...place, protocol: frame.protocol, host, resolver, times: all };
  const { checks, watch } = readServerChecks(scope, checked);
  resolver.noteUnused(scope, times);
  noteUnusedHost(scope, checks);
  const weight = scope.number('weight', WEIGHT)?.value ?? frame.weight;
  const inhibit = scope.flag('inhibit_on_failure');
  const server: DraftServer = {
    address: place.address,
    ...portsOf(place, { forwarding, mark: frame.mark }),
    active: true,
    weight,
    forwarding,
    ...readThresholds(scope),
    checks,
    watch,
  };
  return { statement, server, inhibit };
}
