import { bareWord, type ForwardingMethod, quotedWord } from '@piranha/config';
import { byteText } from './byte-text.js';
import { ALWAYS_UP, type Draft, type DraftServer, type DraftVirtual, type HeldAddress } from './draft.js';
import { BlockNames } from './names.js';

const INDENTATION = { global: '', virtual: ' '.repeat(5), server: ' '.repeat(9) } as const;

type Level = keyof typeof INDENTATION;
type Value = string | number | boolean | undefined;

/** Lines `name = value` of one level; nothing for what is undefined. */
function statements(level: Level, values: Readonly<Record<string, Value>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
    return [`${INDENTATION[level]}${name} = ${text}`];
  });
}

function word(value: string): string {
  return byteText(quotedWord, value);
}

function optionalWord(value: string | undefined): string | undefined {
  return value === undefined ? undefined : word(value);
}

/** True for a text that lvs.cf can hold as a value. */
export function canBeWritten(value: string): boolean {
  if (value === '' || value.length > 4096 || /[\p{Cc}]/u.test(value)) return false;
  try {
    word(value);
    return true;
  } catch {
    return false;
  }
}

/** True for a text that can be one word without quotes, such as a device. */
export function isPlainWord(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value) && bareWord(value) !== undefined && !/["'{}]/.test(value);
}

function deviceAddress({ address, device }: HeldAddress): string {
  return `${address} ${device}`;
}

/** The forwarding method that most servers have. */
function commonMethod(virtuals: readonly DraftVirtual[]): ForwardingMethod {
  const methods: readonly ForwardingMethod[] = ['nat', 'direct', 'tunnel'];
  const count = (method: ForwardingMethod) =>
    virtuals.flatMap(({ servers }) => servers).filter(({ forwarding }) => forwarding === method).length;
  return methods.reduce((best, method) => (count(method) > count(best) ? method : best), 'nat');
}

function globalLines(draft: Draft, network: ForwardingMethod): string[] {
  const { sync, natRouter, backup } = draft;
  return statements('global', {
    service: 'lvs',
    primary: draft.primary,
    backup,
    backup_active: backup === undefined ? undefined : true,
    keepalive: draft.keepaliveSeconds,
    deadtime: draft.deadtimeSeconds,
    monitor_links: draft.monitorLinks && backup !== undefined ? true : undefined,
    network,
    nat_router: natRouter && deviceAddress(natRouter),
    failover_state: sync && 'sync',
    syncd_iface: sync?.device,
    syncd_id: sync?.id,
    tcp_timeout: draft.tcpTimeoutSeconds,
    tcpfin_timeout: draft.tcpFinTimeoutSeconds,
    udp_timeout: draft.udpTimeoutSeconds,
  });
}

function serverLines(server: DraftServer, forwarding: ForwardingMethod, names: BlockNames): string[] {
  const port = server.checkPort ?? server.port;
  const { upperThreshold, lowerThreshold } = server;
  return [
    `${INDENTATION.virtual}server ${names.take(`${server.address}_${port}`)} {`,
    ...statements('server', {
      address: server.address,
      active: server.active,
      port,
      weight: server.weight,
      forward: server.forwarding === forwarding ? undefined : server.forwarding,
      upper_threshold: upperThreshold > 0 ? upperThreshold : undefined,
      lower_threshold: lowerThreshold > 0 ? lowerThreshold : undefined,
    }),
    `${INDENTATION.virtual}}`,
  ];
}

function virtualStatements(virtual: DraftVirtual, held: HeldAddress | undefined, network: ForwardingMethod) {
  const { check, mark, schedulerFlags } = virtual;
  return statements('virtual', {
    active: true,
    address: held && deviceAddress(held),
    sorry_server: virtual.sorryServer,
    fwmark: mark > 0 ? mark : undefined,
    port: virtual.port,
    persistent: virtual.persistentSeconds > 0 ? virtual.persistentSeconds : undefined,
    pmask: virtual.persistentSeconds > 0 ? virtual.persistenceMask : undefined,
    send: optionalWord(check.send),
    expect: optionalWord(check.expect),
    use_regex: check.useRegex,
    send_program: optionalWord(check.program),
    scheduler: virtual.scheduler,
    protocol: virtual.protocol,
    scheduler_flags: schedulerFlags.length > 0 ? schedulerFlags.join(' ') : undefined,
    ops: virtual.onePacket ? true : undefined,
    forward: virtual.forwarding === network ? undefined : virtual.forwarding,
    timeout: virtual.timeoutSeconds,
    reentry: virtual.reentrySeconds,
    quiesce_server: virtual.quiesceServer ? true : undefined,
  });
}

function virtualLines(
  name: string,
  virtual: DraftVirtual,
  held: HeldAddress | undefined,
  network: ForwardingMethod,
): string[] {
  const names = new BlockNames();
  return [
    ...virtual.comments.map((comment) => `# ${comment}`),
    `virtual ${name} {`,
    ...virtualStatements(virtual, held, network),
    ...virtual.servers.flatMap((server) => serverLines(server, virtual.forwarding, names)),
    '}',
  ];
}

/**
 * A mark's servers whose port in the table is not the one that is checked: a block that is always up says the former,
 * a second block of the same mark checks the latter. The table gets one entry a server, with the first one's port.
 */
function splitMark(virtual: DraftVirtual): DraftVirtual[] {
  const apart = virtual.servers.some(({ checkPort, port }) => checkPort !== undefined && checkPort !== port);
  if (virtual.mark === 0 || !apart) return [virtual];
  const table = virtual.servers.map((server) => ({ ...server, checkPort: undefined }));
  const comment =
    'This block keeps the port of the table entries; the next one of the same mark checks the servers.';
  return [
    { ...virtual, servers: table, check: ALWAYS_UP, comments: [...virtual.comments, comment] },
    { ...virtual, comments: [] },
  ];
}

function baseName({ mark, address, protocol, port }: DraftVirtual): string {
  return mark > 0 ? `mark_${mark}` : `${protocol}_${address}_${port}`;
}

/** Blocks for what nobody serves: they hold nothing, a person fills them in. */
function idleLines(idle: readonly HeldAddress[], names: BlockNames): string[] {
  return idle.flatMap((held) => [
    '',
    '# No service was found for this address: it is not held. Fill in and write active = 1, or delete the block.',
    `virtual ${names.take(`unused_${held.address}`)} {`,
    ...statements('virtual', { active: false, address: deviceAddress(held) }),
    '}',
  ]);
}

/** A block that lets a director start where the source has no service; it makes no table entry. */
function placeholder(names: BlockNames): string[] {
  return [
    '',
    '# No service was found: a director starts from this file, but serves nothing. Replace this block.',
    `virtual ${names.take('to_be_filled_in')} {`,
    ...statements('virtual', { active: true }),
    '}',
  ];
}

/**
 * The lvs.cf of a draft in the layout that `lvsctl fmt` leaves alone.
 * @param heldOf where a service's address lives
 * @param idle addresses that no service has
 */
export function writeLvsCf(
  draft: Draft,
  heldOf: (virtual: DraftVirtual) => HeldAddress | undefined,
  idle: readonly HeldAddress[],
  head: readonly string[],
): string {
  const names = new BlockNames();
  const network = commonMethod(draft.virtuals);
  const blocks = draft.virtuals.flatMap((virtual) =>
    splitMark(virtual).flatMap((part) => [
      '',
      ...virtualLines(names.take(baseName(part)), part, heldOf(virtual), network),
    ]),
  );
  const lines = [
    ...head.map((comment) => `# ${comment}`),
    ...globalLines(draft, network),
    ...(draft.virtuals.length === 0 ? placeholder(names) : blocks),
    ...idleLines(idle, names),
  ];
  return `${lines.join('\n')}\n`;
}
