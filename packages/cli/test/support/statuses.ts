import type { LvsdStatus, PulseStatus, ServerStatus } from '@piranha/protocol';

export const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');

export function pulseStatus(changes: Partial<PulseStatus> = {}): PulseStatus {
  return {
    version: '0.1.0',
    pid: 100,
    role: 'primary',
    active: true,
    state: 'active',
    reason: 'partner silent for 5 s',
    since: '2026-03-01T11:55:55.000Z',
    configFile: '/etc/sysconfig/ha/lvs.cf',
    keepaliveMs: 500,
    deadtimeMs: 2_000,
    partner: 'silent',
    paths: [
      { name: 'public', local: '127.0.0.2', partner: '127.0.0.3', sent: 10, received: 9, silentMs: 5_250 },
      { name: 'private', local: '127.0.1.2', partner: '127.0.1.3', sent: 10, received: 0 },
    ],
    vips: ['127.0.0.100'],
    children: [{ name: 'lvsd', pid: 101, phase: 'running', starts: 2 }],
    history: [{ at: '2026-03-01T11:55:55.000Z', event: 'PULSE_ACTIVE', text: 'running' }],
    ...changes,
  };
}

export function serverStatus(changes: Partial<ServerStatus> = {}): ServerStatus {
  return {
    name: 'one',
    address: '127.0.0.11',
    port: 8081,
    health: 'up',
    weight: 1,
    configuredWeight: 1,
    reason: 'connected',
    since: '2026-03-01T11:59:00.000Z',
    activeConnections: 3,
    inactiveConnections: 4,
    connections: 57,
    nannyPid: 102,
    nannyStarts: 1,
    ...changes,
  };
}

export function lvsdStatus(changes: Partial<LvsdStatus> = {}): LvsdStatus {
  return {
    version: '0.1.0',
    pid: 101,
    configFile: '/etc/sysconfig/ha/lvs.cf',
    director: 'userspace',
    tableInSync: true,
    problems: [],
    ready: true,
    services: [
      {
        name: 'web',
        key: 'tcp 127.0.0.100:8080',
        scheduler: 'rr',
        sorryServerActive: false,
        servers: [serverStatus(), serverStatus({ name: 'two', address: '127.0.0.12' })],
      },
    ],
    foreignEntries: [],
    history: [{ at: '2026-03-01T11:50:00.000Z', event: 'LVSD_READY', text: 'ready' }],
    ...changes,
  };
}
