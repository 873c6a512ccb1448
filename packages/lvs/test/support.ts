import type { LvsConfiguration, RealServerConfig, VirtualServerConfig, WatchConfig } from '@piranha/config';
import { notifyConfig } from '../../notify/test/support/configuration.js';

/** A server's own words of how it is watched, none given. */
export const NO_WORDS: WatchConfig = {
  timeoutMs: undefined,
  reentryMs: undefined,
  rise: undefined,
  fall: undefined,
  intervalMs: undefined,
  fastIntervalMs: undefined,
  downIntervalMs: undefined,
  connectTimeoutMs: undefined,
  retries: undefined,
  retryDelayMs: undefined,
  initialState: undefined,
  warmupMs: undefined,
  checkAddress: undefined,
  checkPort: undefined,
};

/** A feedback agent whose word counts at once and whole. */
export const AGENT = {
  port: 3333,
  intervalMs: undefined,
  number: 'idle',
  smoothingPercent: 0,
  changePercent: 6_000_000,
  holdMs: 60_000,
  fadeMs: 0,
} as const;

export function realServer(changes: Partial<RealServerConfig> = {}): RealServerConfig {
  return {
    name: 'one',
    address: '10.0.0.11',
    active: true,
    weight: 1,
    port: 80,
    forwarding: 'nat',
    upperThreshold: 0,
    lowerThreshold: 0,
    line: 10,
    ...changes,
  };
}

export function virtualServer(
  changes: Partial<Omit<VirtualServerConfig, 'check'>> & {
    check?: Partial<VirtualServerConfig['check']>;
  } = {},
): VirtualServerConfig {
  const check = {
    send: undefined,
    expect: undefined,
    useRegex: false,
    sendProgram: undefined,
    timeoutMs: 10_000,
    reentryMs: 180_000,
    clientMonitor: '/usr/sbin/nanny',
    loadMonitor: undefined,
    require: 'all' as const,
    specs: [],
    ...changes.check,
  };
  return {
    name: 'web',
    line: 5,
    active: true,
    address: { address: '10.0.0.9', device: 'eth0:1' },
    vipMask: undefined,
    family: 4,
    forwarding: 'nat',
    sorryServer: undefined,
    firewallMark: 0,
    port: 80,
    protocol: 'tcp',
    scheduler: 'wlc',
    schedulerFlags: [],
    onePacket: false,
    persistentSeconds: 0,
    persistenceMask: undefined,
    quiesceServer: false,
    servers: [realServer()],
    ...changes,
    check,
  };
}

export function configurationOf(
  virtualServers: readonly VirtualServerConfig[],
  changes: Partial<LvsConfiguration> = {},
): LvsConfiguration {
  return {
    serialNumber: 0,
    heartbeatKey: undefined,
    heartbeatAnnounce: undefined,
    heartbeatPaths: [],
    configSync: true,
    service: 'lvs',
    primary: '127.0.0.2',
    primaryPrivate: undefined,
    backup: undefined,
    backupPrivate: undefined,
    backupActive: false,
    directors: [],
    heartbeatPort: 539,
    keepaliveMs: 2_000,
    deadtimeMs: 5_000,
    adaptive: false,
    falseTakeoverYears: 10,
    failback: 'ready',
    failbackHoldMs: 60_000,
    rshCommand: 'rsh',
    network: 'nat',
    natRouter: undefined,
    natMask: undefined,
    monitorLinks: false,
    failoverState: 'none',
    syncInterface: 'eth0',
    syncId: 0,
    tableDrift: 'revert',
    maintenanceDirectory: undefined,
    resetGuard: false,
    manageSysctls: true,
    witness: {
      targets: [],
      policy: 'advise',
      quorum: 1,
      intervalMs: 675,
      holdLimitMs: 2_700,
      marginMs: 300,
      takeAfterMs: 5_000,
    },
    fence: undefined,
    tcpTimeoutSeconds: 0,
    tcpFinTimeoutSeconds: 0,
    udpTimeoutSeconds: 0,
    hardShutdown: true,
    activeCommand: undefined,
    inactiveCommand: undefined,
    notify: notifyConfig(),
    ipvsadmPath: '/sbin/ipvsadm',
    standby: 'warm',
    nannyProcesses: 64,
    virtualServers,
    failoverServices: [],
    ...changes,
  };
}
