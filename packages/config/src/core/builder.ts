import type { FailoverServiceConfig, FailoverState, HeartbeatKeyConfig, LvsConfiguration } from '../model.js';
import { buildDirectors, pairOfDirectors } from './builder-directors.js';
import { buildGroups } from './builder-groups.js';
import { buildNotify } from './builder-notify.js';
import { buildPaths } from './builder-paths.js';
import { buildVirtual, FORWARDING_METHODS } from './builder-virtual.js';
import { buildSplitBrain } from './builder-witness.js';
import { type ParsedBlock, type ParsedFile, statementOf } from './parsed.js';
import { AUTO_NANNY_PROCESSES } from './schema-nannies.js';
import { Values } from './values.js';

const FAILOVER_STATES: readonly FailoverState[] = ['sync', 'hash', 'none'];

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

function buildHeartbeatKey(values: Values, parsed: ParsedFile): HeartbeatKeyConfig | undefined {
  const file = values.text('heartbeat_key');
  if (file === undefined) return undefined;
  const line = (statementOf(parsed, 'heartbeat_key')?.lineIndex ?? -1) + 1;
  return { file, line, encrypt: values.flag('heartbeat_encrypt') };
}

/** A key file says more, and more than two directors need one. */
function buildAnnounce(values: Values, directors: number): LvsConfiguration['heartbeatAnnounce'] {
  const isMeant = values.flag('heartbeat_announce') && values.text('heartbeat_key') === undefined;
  return isMeant && directors <= 2 ? { encrypt: values.flag('heartbeat_encrypt') } : undefined;
}

type StateKeys = 'failoverState' | 'tableDrift' | 'resetGuard' | 'manageSysctls';

/** What outlasts a director: the old word syncdaemon counts where failover_state is not given. */
function buildState(values: Values): Pick<LvsConfiguration, StateKeys> {
  const failoverState = values.choice(
    'failover_state',
    FAILOVER_STATES,
    values.flag('syncdaemon') ? 'sync' : 'none',
  );
  return {
    failoverState,
    tableDrift: values.choice('table_drift', ['revert', 'report'], 'revert'),
    resetGuard: values.flagOr('reset_guard', failoverState !== 'none'),
    manageSysctls: values.flag('manage_sysctls'),
  };
}

function buildProbeBudget(values: Values): Pick<LvsConfiguration, 'probesPerSecond'> {
  const probesPerSecond = values.optionalNumber('probes_per_second');
  return probesPerSecond === undefined ? {} : { probesPerSecond };
}

/** The typed meaning of a parsed file, defaults filled in. Values that could not be read get their default too. */
export function buildConfiguration(parsed: ParsedFile): LvsConfiguration {
  const values = new Values('global', parsed);
  const network = values.choice('network', FORWARDING_METHODS, 'nat');
  const directors = buildDirectors(parsed);
  const virtuals = parsed.blocks.filter((block) => block.level === 'virtual');
  return {
    serialNumber: values.number('serial_no'),
    service: values.word('service') === 'fos' ? 'fos' : 'lvs',
    ...buildPair(values),
    directors,
    ...(directors.length === 0 ? {} : pairOfDirectors(directors)),
    heartbeatPaths: buildPaths(parsed),
    heartbeatPort: values.number('heartbeat_port'),
    keepaliveMs: values.milliseconds('keepalive'),
    deadtimeMs: values.milliseconds('deadtime'),
    adaptive: values.flag('adaptive') && directors.length <= 2,
    falseTakeoverYears: values.number('false_takeover_years'),
    failback: values.choice('failback', ['none', 'ready', 'always'], 'ready'),
    failbackHoldMs: values.milliseconds('failback_hold'),
    heartbeatKey: buildHeartbeatKey(values, parsed),
    heartbeatAnnounce: buildAnnounce(values, directors.length),
    configSync: values.flag('config_sync') && directors.length <= 2,
    rshCommand: values.word('rsh_command'),
    network,
    natRouter: values.deviceAddress('nat_router'),
    natMask: values.address('nat_nmask'),
    monitorLinks: values.flag('monitor_links'),
    ...buildState(values),
    ...buildSplitBrain(values),
    syncInterface: values.word('syncd_iface'),
    syncId: values.number('syncd_id') & 255,
    tcpTimeoutSeconds: values.number('tcp_timeout'),
    tcpFinTimeoutSeconds: values.number('tcpfin_timeout'),
    udpTimeoutSeconds: values.number('udp_timeout'),
    hardShutdown: values.flag('hard_shutdown'),
    activeCommand: values.text('active_cmd'),
    inactiveCommand: values.text('inactive_cmd'),
    notify: buildNotify(parsed),
    ...buildProbeBudget(values),
    nannyProcesses: values.optionalNumber('nanny_processes') ?? AUTO_NANNY_PROCESSES,
    ipvsadmPath: values.word('ipvsadm'),
    maintenanceDirectory: values.text('maintenance_dir'),
    ...buildGroups(parsed),
    virtualServers: virtuals.map((block) => buildVirtual(block, network)),
    failoverServices: parsed.blocks.filter((block) => block.level === 'failover').map(buildFailover),
  };
}
