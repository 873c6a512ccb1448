import { addressFamily, formatIpv4, parseIpv4 } from '@piranha/common';
import type {
  AddressFamily,
  CheckConfig,
  DeviceAddress,
  ForwardingMethod,
  RealServerConfig,
  ServiceProtocol,
  VirtualServerConfig,
} from '../model.js';
import { buildCheckSet, buildServerChecks, checksOf } from './builder-checks.js';
import { buildQuorum } from './builder-quorum.js';
import { buildWatch } from './builder-watch.js';
import { buildWeighing } from './builder-weighing.js';
import { type ParsedBlock, statementOf } from './parsed.js';
import { normalizedFlags } from './scheduler-flags.js';
import { isHostName } from './value-readers.js';
import { NO_ADDRESS, Values } from './values.js';

export const FORWARDING_METHODS: readonly ForwardingMethod[] = ['nat', 'direct', 'tunnel'];
const PROTOCOLS: readonly ServiceProtocol[] = ['tcp', 'udp', 'sctp'];
const HOST_MASK = '255.255.255.255';
const HOST_PREFIX = '128';

/** The virtual's port as it stands at one line: what a server there copies, as the original does. */
export function portAtLine(block: ParsedBlock, lineIndex: number): number {
  const before = block.statements.filter((statement) => statement.lineIndex < lineIndex);
  return new Values('virtual', { statements: before }).number('port');
}

/** Thresholds of a server; without an upper one the lower one of the virtual does not count. */
function buildThresholds(
  virtual: Values,
  server: Values,
): Pick<RealServerConfig, 'upperThreshold' | 'lowerThreshold'> {
  const upperThreshold = server.optionalNumber('upper_threshold') ?? virtual.number('upper_threshold');
  const inherited = upperThreshold === 0 && virtual.number('upper_threshold') > 0;
  const lower = server.optionalNumber('lower_threshold');
  return {
    upperThreshold,
    lowerThreshold: lower ?? (inherited ? 0 : virtual.number('lower_threshold')),
  };
}

/** The host name of a server that is named by one. */
function hostNameOf(block: ParsedBlock): Pick<RealServerConfig, 'hostName'> {
  const text = statementOf(block, 'address')?.valueTokens[0]?.value;
  return text !== undefined && isHostName(text) ? { hostName: text } : {};
}

function buildServer(
  virtual: ParsedBlock,
  block: ParsedBlock,
  forwarding: ForwardingMethod,
): RealServerConfig {
  const values = new Values('server', block);
  const port = values.value('port');
  const watch = buildWatch(virtual, block);
  const check = buildServerChecks(virtual, block);
  const weighing = buildWeighing(virtual, block, checksOf(buildCheckSet(virtual, 'all'), { check }));
  return {
    name: block.name,
    address: values.word('address'),
    ...hostNameOf(block),
    active: values.flag('active'),
    weight: values.number('weight'),
    port: typeof port === 'number' ? port : portAtLine(virtual, block.lineIndex),
    forwarding: values.choice('forward', FORWARDING_METHODS, forwarding),
    ...buildThresholds(new Values('virtual', virtual), values),
    check,
    ...(watch === undefined ? {} : { watch }),
    ...(weighing === undefined ? {} : { weighing }),
    line: block.lineIndex + 1,
  };
}

function buildCheck(values: Values, block: ParsedBlock): CheckConfig {
  const loadMonitor = values.text('load_monitor');
  return {
    send: values.literal('send'),
    expect: values.literal('expect'),
    useRegex: values.flag('use_regex'),
    sendProgram: values.text('send_program'),
    timeoutMs: values.milliseconds('timeout'),
    reentryMs: values.milliseconds('reentry'),
    clientMonitor: values.word('client_monitor'),
    loadMonitor: loadMonitor === 'none' ? undefined : loadMonitor,
    ...buildCheckSet(block, 'all'),
  };
}

/** A number alone is a prefix length for IPv6; for IPv4 it is an address as inet_aton reads it. */
function persistenceMask(values: Values, family: AddressFamily): string | undefined {
  const text = values.text('pmask');
  if (values.number('persistent') === 0 || text === undefined) return undefined;
  if (family === 6) return text === HOST_PREFIX ? undefined : text;
  const mask = formatIpv4(parseIpv4(text) ?? 0);
  return mask === HOST_MASK ? undefined : mask;
}

/** The family that a service has: of its VIP, else of its first active server. */
function familyOf(address: DeviceAddress | undefined, servers: readonly RealServerConfig[]): AddressFamily {
  const decisive = address?.address ?? servers.find((server) => server.active)?.address ?? NO_ADDRESS;
  return addressFamily(decisive);
}

/** The typed meaning of a virtual block; `network` is the global forwarding method. */
export function buildVirtual(block: ParsedBlock, network: ForwardingMethod): VirtualServerConfig {
  const values = new Values('virtual', block);
  const address = values.deviceAddress('address');
  const scheduler = values.word('scheduler');
  const forwarding = values.choice('forward', FORWARDING_METHODS, network);
  const servers = block.servers.map((server) => buildServer(block, server, forwarding));
  const family = familyOf(address, servers);
  return {
    name: block.name,
    line: block.lineIndex + 1,
    active: values.flag('active'),
    address,
    vipMask: values.address('vip_nmask'),
    family,
    forwarding,
    sorryServer: values.address('sorry_server'),
    firewallMark: values.number('fwmark'),
    port: values.number('port'),
    protocol: values.choice('protocol', PROTOCOLS, 'tcp'),
    scheduler,
    schedulerFlags: normalizedFlags(values.words('scheduler_flags'), scheduler),
    onePacket: values.flag('ops'),
    persistentSeconds: values.number('persistent'),
    persistenceMask: persistenceMask(values, family),
    quiesceServer: values.flag('quiesce_server'),
    ...buildQuorum(values),
    check: buildCheck(values, block),
    servers,
  };
}
