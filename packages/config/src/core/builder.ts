import type {
  CheckConfig,
  DeviceAddress,
  FailoverServiceConfig,
  LvsConfiguration,
  RealServerConfig,
  VirtualServerConfig,
} from '../model.js';
import { type DirectiveValue, type ParsedBlock, type ParsedFile, statementOf } from './parsed.js';
import { directivesAt } from './schema.js';
import type { Level } from './schema-types.js';

const NO_ADDRESS = '0.0.0.0';
const HOST_MASK = '255.255.255.255';

/** Reads values of one level with the schema's defaults filled in. */
class Values {
  private readonly level: Level;
  private readonly block: Pick<ParsedBlock, 'statements'>;

  constructor(level: Level, block: Pick<ParsedFile, 'statements'>) {
    this.level = level;
    this.block = { statements: [...block.statements] };
  }

  value(name: string): DirectiveValue | undefined {
    return statementOf(this.block, name)?.value ?? directivesAt(this.level).get(name)?.default;
  }

  number(name: string): number {
    const value = this.value(name);
    return typeof value === 'number' ? value : 0;
  }

  milliseconds(name: string): number {
    return Math.round(this.number(name) * 1000);
  }

  flag(name: string): boolean {
    return this.value(name) === true;
  }

  /** Text as it stands, empty text included. */
  literal(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Text; empty text counts as absent. */
  text(name: string): string | undefined {
    return this.literal(name) || undefined;
  }

  /** Text of a directive that has a default. */
  word(name: string): string {
    return this.text(name) ?? String(directivesAt(this.level).get(name)?.default ?? '');
  }

  /** Address or mask; 0.0.0.0 counts as absent. */
  address(name: string): string | undefined {
    const address = this.text(name);
    return address === NO_ADDRESS ? undefined : address;
  }

  deviceAddress(name: string): DeviceAddress | undefined {
    const value = this.value(name);
    if (typeof value !== 'object' || !('address' in value)) return undefined;
    return value.address === NO_ADDRESS ? undefined : value;
  }
}

/** The virtual's port as it stands at one line: what a server there copies, as the original does. */
export function portAtLine(block: ParsedBlock, lineIndex: number): number {
  const before = block.statements.filter((statement) => statement.lineIndex < lineIndex);
  return new Values('virtual', { statements: before }).number('port');
}

function buildServer(virtual: ParsedBlock, block: ParsedBlock): RealServerConfig {
  const values = new Values('server', block);
  const port = values.value('port');
  return {
    name: block.name,
    address: values.word('address'),
    active: values.flag('active'),
    weight: values.number('weight'),
    port: typeof port === 'number' ? port : portAtLine(virtual, block.lineIndex),
    line: block.lineIndex + 1,
  };
}

function buildCheck(values: Values): CheckConfig {
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
  };
}

function persistenceMask(values: Values): string | undefined {
  const mask = values.text('pmask');
  return values.number('persistent') > 0 && mask !== HOST_MASK ? mask : undefined;
}

function buildVirtual(block: ParsedBlock): VirtualServerConfig {
  const values = new Values('virtual', block);
  return {
    name: block.name,
    line: block.lineIndex + 1,
    active: values.flag('active'),
    address: values.deviceAddress('address'),
    vipMask: values.address('vip_nmask'),
    sorryServer: values.address('sorry_server'),
    firewallMark: values.number('fwmark'),
    port: values.number('port'),
    protocol: values.word('protocol') === 'udp' ? 'udp' : 'tcp',
    scheduler: values.word('scheduler'),
    persistentSeconds: values.number('persistent'),
    persistenceMask: persistenceMask(values),
    quiesceServer: values.flag('quiesce_server'),
    check: buildCheck(values),
    servers: block.servers.map((server) => buildServer(block, server)),
  };
}

function buildFailover(block: ParsedBlock): FailoverServiceConfig {
  const values = new Values('failover', block);
  return {
    name: block.name,
    line: block.lineIndex + 1,
    active: values.flag('active'),
    address: values.deviceAddress('address'),
  };
}

type PairKeys = 'primary' | 'primaryPrivate' | 'backup' | 'backupPrivate' | 'backupActive' | 'standby';

/** Without primary_private both private addresses are the public ones, even if backup_private is given. */
function buildPair(values: Values): Pick<LvsConfiguration, PairKeys> {
  const primary = values.address('primary');
  const backup = values.address('backup');
  const primaryPrivate = values.address('primary_private');
  const backupPrivate = primaryPrivate === undefined ? undefined : values.address('backup_private');
  return {
    primary,
    primaryPrivate: primaryPrivate ?? primary,
    backup,
    backupPrivate: backupPrivate ?? backup,
    backupActive: values.flag('backup_active') && backup !== undefined,
    standby: values.word('standby') === 'cold' ? 'cold' : 'warm',
  };
}

function forwardingMethod(word: string): LvsConfiguration['network'] {
  return word === 'direct' || word === 'tunnel' ? word : 'nat';
}

/** The typed meaning of a parsed file, defaults filled in. Values that could not be read get their default too. */
export function buildConfiguration(parsed: ParsedFile): LvsConfiguration {
  const values = new Values('global', parsed);
  return {
    serialNumber: values.number('serial_no'),
    service: values.word('service') === 'fos' ? 'fos' : 'lvs',
    ...buildPair(values),
    heartbeatPort: values.number('heartbeat_port'),
    keepaliveMs: values.milliseconds('keepalive'),
    deadtimeMs: values.milliseconds('deadtime'),
    rshCommand: values.word('rsh_command'),
    network: forwardingMethod(values.word('network')),
    natRouter: values.deviceAddress('nat_router'),
    natMask: values.address('nat_nmask'),
    monitorLinks: values.flag('monitor_links'),
    syncDaemon: values.flag('syncdaemon'),
    syncInterface: values.word('syncd_iface'),
    syncId: values.number('syncd_id') & 255,
    tcpTimeoutSeconds: values.number('tcp_timeout'),
    tcpFinTimeoutSeconds: values.number('tcpfin_timeout'),
    udpTimeoutSeconds: values.number('udp_timeout'),
    hardShutdown: values.flag('hard_shutdown'),
    activeCommand: values.text('active_cmd'),
    inactiveCommand: values.text('inactive_cmd'),
    ipvsadmPath: values.word('ipvsadm'),
    virtualServers: parsed.blocks.filter((block) => block.level === 'virtual').map(buildVirtual),
    failoverServices: parsed.blocks.filter((block) => block.level === 'failover').map(buildFailover),
  };
}
