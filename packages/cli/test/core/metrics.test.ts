import type { PathQuality } from '@piranha/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetricsView, metricsOf } from '../../src/core/metrics/all-metrics.js';
import { METRICS, type MetricFamily } from '../../src/core/metrics/catalogue.js';
import { MetricSet, metricsText } from '../../src/core/metrics/metric-set.js';
import { readFigures, sumOfFigures } from '../../src/core/metrics/process-figures.js';
import { lvsdStatus, pulseStatus, serverStatus } from '../support/statuses.js';

const QUALITY: PathQuality = {
  ...{ beats: 100, lost: 2, p50Ms: 1, p99Ms: 20, p999Ms: 30, maxMs: 40 },
  longestGapMs: 1_500,
};
const DURATIONS = { count: 9, p50Ms: 1, p99Ms: 20, maxMs: 1_500 };
const DOWN = { reached: false, reason: 'nobody listens' } as const;

const GROUP = {
  ...({ name: 'main', preferred: 'primary', active: true, state: 'active' } as const),
  ...{ reason: 'partner dead', since: '2026-03-01T11:50:00.000Z', vips: ['127.0.0.100'] },
} as const;

/** A director of which everything is known. */
function fullView(): MetricsView {
  const [first] = pulseStatus().paths;
  if (!first) throw new Error('no path');
  const quality = { hour: QUALITY, day: QUALITY, month: QUALITY };
  const readiness = { tableLoaded: true, firstVerdicts: true, serversUp: 1, serversTotal: 2 };
  const pulse = pulseStatus({
    partner: 'running',
    paths: [{ ...first, quality }],
    directors: [{ name: 'beta', rank: 2, life: 'alive', duty: 'standby', heardAgoMs: 40, ready: true }],
    readiness: { ready: true, reasons: [], ...readiness },
    adaptive: { thresholdMs: 700, falseAlarms: 0 },
    heartbeat: {
      protocol: 'authenticated',
      dropped: { 'wrong key': 3 },
      partner: {
        ...{
          life: 'a',
          openMs: 1,
          heardAgoMs: 250,
          duty: 'standby',
          standIn: false,
          priority: 1,
          reason: '',
        },
        readiness: { ...readiness, listenedPercent: 100, listenedSeconds: 99 },
        configuration: { hash: 'a', serial: 1 },
      },
    },
    sync: {
      ...{ goal: 'settled', master: true, backup: false, guardOn: false },
      connections: { total: 12, synced: 3, byState: {}, cut: false },
      coverage: { total: 10, known: 9 },
    },
    witness: {
      ...{ policy: 'advise', quorum: 1, isEnough: true, text: '' },
      targets: [{ name: '192.0.2.9', reach: 'reachable', asked: 1, answered: 1 }],
    },
    groups: [GROUP, { ...GROUP, name: 'post', preferred: 'backup', active: false }],
    eventCounts: { PULSE_ACTIVE: 2 },
  });
  const lvsd = lvsdStatus({
    lastReload: { at: '2026-03-01T11:50:00.000Z', ok: true, text: '' },
    services: [
      {
        ...{ name: 'web', key: 'tcp 127.0.0.100:8080', scheduler: 'rr', sorryServerActive: false },
        rules: { quorum: 'reached', panicking: false, steady: [] },
        servers: [
          serverStatus({ checkInterval: { configuredMs: 1_000, actualMs: 1_500 } }),
          serverStatus({ name: 'two', address: '127.0.0.12', health: 'down', nannyPid: 110 }),
          serverStatus({ name: 'three', address: '127.0.0.13', health: 'unknown' }),
        ],
      },
    ],
    ownProbes: { begun: 70, failed: 5, lateness: DURATIONS, interval: DURATIONS },
    probeRate: { madePerSecond: 9.5, budgetPerSecond: 20, heldBack: 2 },
    sharedNannies: [
      {
        ...{ name: 'shared 1', pid: 110, starts: 2 },
        load: {
          ...{ services: 1, probes: 1, running: 1, waiting: 0, begun: 30, failed: 1 },
          ...{ lateness: DURATIONS, interval: DURATIONS },
        },
      },
    ],
    eventCounts: { LVSD_READY: 1 },
  });
  return {
    version: '0.1.0',
    pulse: { reached: true, status: pulse },
    lvsd: { reached: true, status: lvsd },
    others: [{ name: 'guardian', lives: true }],
    figures: new Map([['lvsd', { residentBytes: 1_024, cpuSeconds: 0.5 }]]),
  };
}

describe('the metrics of a director', () => {
  it('tell of each group of addresses whether it is here, and whether it should be', () => {
    const values = metricsOf(fullView())
      .filter(({ name }) => name.startsWith('piranha_group_'))
      .map(({ name, labels, value }) => `${name} ${labels.group} ${Number(value)}`);
    const role = pulseStatus().role;
    expect(values).toEqual([
      'piranha_group_active main 1',
      `piranha_group_preferred main ${role === 'primary' ? 1 : 0}`,
      'piranha_group_active post 0',
      `piranha_group_preferred post ${role === 'backup' ? 1 : 0}`,
    ]);
  });

  it('tell every family of the catalogue, with its labels and no others', () => {
    const samples = metricsOf(fullView());
    expect([...new Set(samples.map(({ name }) => name))].sort()).toEqual(Object.keys(METRICS).sort());
    for (const { name, labels } of samples) expect(Object.keys(labels)).toEqual([...METRICS[name].labels]);
  });

  it('have names with their units, and counters that say so', () => {
    for (const [name, { type, help }] of Object.entries<MetricFamily>(METRICS)) {
      expect(name).toMatch(/^piranha_[a-z_]+[a-z]$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).toMatch(/\.$/);
    }
  });

  it('tell what the daemons said, in seconds', () => {
    const text = metricsText(metricsOf(fullView()));
    for (const line of [
      'piranha_up{process="pulse"} 1',
      'piranha_active 1',
      'piranha_partner_state{state="silent"} 0',
      'piranha_heartbeat_lateness_seconds{path="public",window="day",quantile="1"} 0.04',
      'piranha_takeovers_total 2',
      'piranha_releases_total 0',
      'piranha_server_up{service="web",key="tcp 127.0.0.100:8080",server="one",address="127.0.0.11:8081"} 1',
      'piranha_service_servers{service="web",key="tcp 127.0.0.100:8080",health="unknown"} 1',
      'piranha_server_check_interval_seconds{service="web",key="tcp 127.0.0.100:8080",server="one",address="127.0.0.11:8081"} 1.5',
      'piranha_probe_budget_per_second 20',
      'piranha_probes_held_back_total 2',
      'piranha_nannies{kind="own"} 1',
      'piranha_probes_failed_total{nanny="shared 1"} 1',
      'piranha_probe_interval_seconds{nanny="own",quantile="1"} 1.5',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).not.toContain('server="three",address="127.0.0.13:8081"} 0\npiranha_server_since');
    expect(text).not.toMatch(/piranha_server_up\{[^}]*server="three"/);
  });

  it('say of daemons that do not answer that they are down, and no more', () => {
    const view = { ...fullView(), pulse: DOWN, lvsd: DOWN, figures: new Map() };
    expect(
      metricsText(metricsOf(view))
        .split('\n')
        .filter((line) => !line.startsWith('#')),
    ).toEqual([
      'piranha_build_info{process="lvsctl",version="0.1.0"} 1',
      'piranha_up{process="pulse"} 0',
      'piranha_up{process="lvsd"} 0',
      'piranha_up{process="guardian"} 1',
      'piranha_process_wanted{process="lvsd"} 1',
      '',
    ]);
  });

  it('stop telling of each server where there are too many', () => {
    const { lvsd } = fullView();
    if (!lvsd.reached) throw new Error('reached');
    const [service] = lvsd.status.services;
    if (!service) throw new Error('no service');
    const servers = Array.from({ length: 10_003 }, (_, index) => serverStatus({ port: 1 + index }));
    const status = { ...lvsd.status, services: [{ ...service, servers }] };
    const samples = metricsOf({ ...fullView(), lvsd: { reached: true, status } });
    expect(samples.filter(({ name }) => name === 'piranha_server_up')).toHaveLength(10_000);
    expect(samples.find(({ name }) => name === 'piranha_servers_omitted')?.value).toBe(3);
  });
});

describe('the text of the metrics', () => {
  /** Reads label values back as a scraper does. */
  function labelsIn(line: string): string[] {
    return [...line.matchAll(/[a-z]+="((?:[^"\\\n]|\\.)*)"/g)].map(([, value = '']) =>
      value.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter)),
    );
  }

  it('keeps each value on its line, whatever the labels hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (event) => {
        const set = new MetricSet();
        set.add('piranha_events_total', { process: 'pulse', event }, 3);
        const lines = metricsText(set.samples).split('\n');
        expect(lines).toHaveLength(4);
        expect(labelsIn(lines[2] ?? '')).toEqual(['pulse', event]);
        expect(lines[2]?.endsWith('} 3')).toBe(true);
      }),
    );
  });

  it('has each series once, cuts long labels, and leaves out what is not known', () => {
    const set = new MetricSet();
    set.add('piranha_up', { process: 'a'.repeat(500) }, true);
    set.add('piranha_up', { process: 'a'.repeat(300) }, false);
    set.add('piranha_up', { process: 'b' }, undefined);
    set.add('piranha_up', { process: 'c' }, Number.NaN);
    expect(set.samples).toEqual([{ name: 'piranha_up', labels: { process: 'a'.repeat(200) }, value: 1 }]);
    set.add('piranha_keepalive_seconds', {}, Number.POSITIVE_INFINITY);
    expect(metricsText(set.samples)).toMatch(/\npiranha_keepalive_seconds \+Inf\n$/);
  });
});

describe('what a process costs', () => {
  it('is read behind its name, whatever that holds', () => {
    const stat = `7 (a) b (c) S ${Array.from({ length: 30 }, (_, index) => index).join(' ')}`;
    // utime is the 12th behind the name's field, stime the 13th.
    expect(readFigures(stat, 'Name:\tx\nVmRSS:\t    40 kB\n')).toEqual({
      residentBytes: 40_960,
      cpuSeconds: (10 + 11) / 100,
    });
    expect(readFigures(stat, 'Name:\tx\n')).toBeUndefined();
    expect(readFigures('', 'VmRSS: 1 kB\n')).toBeUndefined();
    expect(
      sumOfFigures([
        { residentBytes: 1, cpuSeconds: 0.1 },
        { residentBytes: 2, cpuSeconds: 0.2 },
      ]),
    ).toEqual({
      residentBytes: 3,
      cpuSeconds: 0.3,
    });
  });
});
