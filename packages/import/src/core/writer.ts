import type { ForwardingMethod } from '@piranha/config';
import type { Draft, DraftCheck, DraftServer, DraftVirtual, HeldAddress } from './draft.js';
import { BlockNames } from './names.js';
import { type Shared, shareWords } from './writer-watch.js';
import { indentationOf, type Level, optionalWord, quoted, statements } from './writer-words.js';

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

function pairLines(draft: Draft): string[] {
  const { backup } = draft;
  const isPair = backup !== undefined;
  return statements('global', {
    service: 'lvs',
    primary: draft.primary,
    backup,
    backup_active: isPair ? true : undefined,
    keepalive: draft.keepaliveSeconds,
    deadtime: draft.deadtimeSeconds,
    monitor_links: draft.monitorLinks && isPair ? true : undefined,
    failback: draft.failback,
    failback_hold: draft.failbackHoldSeconds,
    witness: draft.witnesses.length > 0 ? draft.witnesses.join(', ') : undefined,
  });
}

function noticeLines({ mail, ...draft }: Draft): string[] {
  const words = {
    notify: draft.notify,
    active_cmd: draft.activeCommand,
    inactive_cmd: draft.inactiveCommand,
    notify_user: draft.notifyUser,
    mail_to: mail?.to.join(', '),
    mail_from: mail?.from,
    smtp_server: mail?.server,
    smtp_tls: mail?.plain ? 'none' : undefined,
    maintenance_dir: draft.maintenanceDirectory,
  };
  return statements('global', quoted(words));
}

function globalLines(draft: Draft, network: ForwardingMethod): string[] {
  const { sync, natRouter } = draft;
  return [
    ...pairLines(draft),
    ...noticeLines(draft),
    ...statements('global', {
      network,
      nat_router: natRouter && deviceAddress(natRouter),
      failover_state: sync && 'sync',
      syncd_iface: sync?.device,
      syncd_id: sync?.id,
      tcp_timeout: draft.tcpTimeoutSeconds,
      tcpfin_timeout: draft.tcpFinTimeoutSeconds,
      udp_timeout: draft.udpTimeoutSeconds,
    }),
  ];
}

/** Check blocks, each with a name of its own; `level` is that of what stands in them. */
function checkLines(checks: readonly DraftCheck[], outer: Level, level: Level): string[] {
  const names = new BlockNames();
  return checks.flatMap(({ kind, words }) => [
    `${indentationOf(outer)}check ${names.take(kind)} {`,
    ...statements(level, quoted({ kind, ...words })),
    `${indentationOf(outer)}}`,
  ]);
}

function serverLines(
  server: DraftServer,
  forwarding: ForwardingMethod,
  shared: Shared['ofServers'][number] | undefined,
  names: BlockNames,
): string[] {
  const { port, upperThreshold, lowerThreshold } = server;
  const name = port === 0 ? server.address : `${server.address}_${port}`;
  return [
    `${indentationOf('virtual')}server ${names.take(name)} {`,
    ...statements('server', {
      address: server.address,
      active: server.active,
      port,
      weight: server.weight,
      forward: server.forwarding === forwarding ? undefined : server.forwarding,
      upper_threshold: upperThreshold > 0 ? upperThreshold : undefined,
      lower_threshold: lowerThreshold > 0 ? lowerThreshold : undefined,
      ...shared?.words,
    }),
    ...checkLines(shared?.checks ?? [], 'server', 'serverCheck'),
    `${indentationOf('virtual')}}`,
  ];
}

function virtualStatements(
  virtual: DraftVirtual,
  held: HeldAddress | undefined,
  network: ForwardingMethod,
  shared: Shared,
) {
  const { classic, mark, schedulerFlags, quorum } = virtual;
  return statements('virtual', {
    active: true,
    address: held && deviceAddress(held),
    sorry_server: virtual.sorryServer,
    fwmark: mark > 0 ? mark : undefined,
    port: virtual.port,
    persistent: virtual.persistentSeconds > 0 ? virtual.persistentSeconds : undefined,
    pmask: virtual.persistentSeconds > 0 ? virtual.persistenceMask : undefined,
    send: optionalWord(classic.send),
    expect: optionalWord(classic.expect),
    use_regex: classic.useRegex,
    scheduler: virtual.scheduler,
    protocol: virtual.protocol,
    scheduler_flags: schedulerFlags.length > 0 ? schedulerFlags.join(' ') : undefined,
    ops: virtual.onePacket ? true : undefined,
    forward: virtual.forwarding === network ? undefined : virtual.forwarding,
    ...shared.ofVirtual,
    // Both sources take a server back with its first good check.
    rise: 1,
    // And gives it its weight at once.
    slow_start: virtual.servers.some(({ weight }) => weight > 1) ? 0 : undefined,
    quorum: quorum.weight,
    hysteresis: quorum.hysteresis,
    quorum_up: optionalWord(quorum.up),
    quorum_down: optionalWord(quorum.down),
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
  const shared = shareWords(virtual);
  return [
    ...virtual.comments.map((comment) => `# ${comment}`),
    `virtual ${name} {`,
    ...virtualStatements(virtual, held, network, shared),
    ...checkLines(shared.checksOfVirtual, 'virtual', 'server'),
    ...virtual.servers.flatMap((server, index) =>
      serverLines(server, virtual.forwarding, shared.ofServers[index], names),
    ),
    '}',
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
  const blocks = draft.virtuals.flatMap((virtual) => [
    '',
    ...virtualLines(names.take(baseName(virtual)), virtual, heldOf(virtual), network),
  ]);

  const lines = [
    ...head.map((comment) => `# ${comment}`),
    ...globalLines(draft, network),
    ...(draft.virtuals.length === 0 ? placeholder(names) : blocks),
    ...idleLines(idle, names),
  ];
  return `${lines.join('\n')}\n`;
}
