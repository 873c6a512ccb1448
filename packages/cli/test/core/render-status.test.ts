import type { PulseStatus } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/core/render-status.js';
import type { StatusView } from '../../src/core/status-view.js';
import { quality } from '../support/heartbeats.js';
import { lvsdStatus, NOW_MS, pulseStatus, serverStatus } from '../support/statuses.js';

function view(changes: Partial<StatusView> = {}): StatusView {
  return {
    runDirectory: '/run/piranha',
    pulse: { reached: true, status: pulseStatus() },
    lvsd: { reached: true, status: lvsdStatus() },
    ...changes,
  };
}

function page(changes: Partial<StatusView> = {}): string {
  return renderStatus(view(changes), NOW_MS).join('\n');
}

function servicePage(...servers: Parameters<typeof serverStatus>[0][]): string {
  const [service] = lvsdStatus().services;
  if (!service) throw new Error('the sample has a service');
  const services = [{ ...service, servers: servers.map((changes) => serverStatus(changes)) }];
  return page({ lvsd: { reached: true, status: lvsdStatus({ services }) } });
}

describe('renderStatus', () => {
  it('says first that another product stands frozen', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const lines = page({ adoption: { kind: 'keepalived', at } }).split('\n');
    expect(lines[1]).toMatch(
      /^adopted from keepalived, which stands FROZEN since 2026-01-01T00:00:00.000Z \(/,
    );
    expect(lines[1]).toContain('lvsctl adopt --undo');
  });

  it('says role, why, since, partner, paths, addresses and children', () => {
    const text = page();
    expect(text).toContain('role     primary, ACTIVE (active)');
    expect(text).toContain('since    2026-03-01T11:55:55.000Z (4 min 5 s ago)');
    expect(text).toContain('why      partner silent for 5 s');
    expect(text).toContain('partner  silent');
    expect(text).toMatch(/public +127\.0\.0\.2 -> 127\.0\.0\.3 +sent 10 +received 9 +heard 5\.3 s ago/);
    expect(text).toMatch(/private .*never heard/);
    expect(text).toContain('VIPs     127.0.0.100');
    expect(text).toMatch(/lvsd +pid 101 +running +started 2 times/);
  });

  it('says which deadtime is in use where adaptive mode is wanted', () => {
    const beat = (adaptive?: PulseStatus['adaptive']): string =>
      /beat +(.*)/.exec(page({ pulse: { reached: true, status: pulseStatus({ adaptive }) } }))?.[1] ?? '';
    expect(beat()).toMatch(/deadtime 2 s$/);
    expect(beat({ thresholdMs: 1_100, falseAlarms: 0 })).toMatch(/deadtime 2 s \(adaptive: 1\.1 s in use\)$/);
    expect(beat({ because: 'too few', falseAlarms: 1 })).toMatch(
      /\(adaptive: the deadtime, for now: too few, 1 false alarm\)$/,
    );
    expect(beat({ falseAlarms: 2 })).toMatch(/for now: not measured yet, 2 false alarms\)$/);
  });

  it('shows loss and lateness of the paths where asked', () => {
    const window = quality();
    const of = { name: 'public', local: '127.0.0.2', partner: '127.0.0.3', sent: 10, received: 9 } as const;
    const paths = [{ ...of, quality: { hour: window, day: window, month: window } }];
    const pulse = { reached: true, status: pulseStatus({ paths }) } as const;
    expect(page({ pulse })).not.toContain('lost');
    expect(renderStatus(view({ pulse }), NOW_MS, true).join('\n')).toMatch(
      /heartbeats of the last day\n +public +lost 10 of 183,600 +late 0\.283 ms \/ 1\.34 ms .* longest gap 2 s, until 2026/,
    );
    expect(renderStatus(view(), NOW_MS, true)).toEqual(renderStatus(view(), NOW_MS));
  });

  it('shows what the witnesses say, where there are any', () => {
    const target = { name: 'gateway 10.0.0.254', reach: 'unreachable', asked: 9, answered: 6 } as const;
    const witness = {
      policy: 'require',
      quorum: 1,
      isEnough: false,
      text: 'the witness does not answer, 1 needed: no witness, no takeover',
      targets: [{ ...target, problem: 'no answer within 200 ms' }],
    } as const;
    const text = page({ pulse: { reached: true, status: pulseStatus({ witness }) } });
    expect(text).toMatch(
      /^witness +the witness does not answer, 1 needed: no witness, no takeover, witness_policy = require; gateway 10\.0\.0\.254: no answer within 200 ms$/m,
    );
    expect(page()).not.toContain('witness');
  });

  it('shows whether a standby would take over well', () => {
    const readiness = {
      ready: true,
      reasons: [],
      tableLoaded: true,
      firstVerdicts: true,
      serversUp: 2,
      serversTotal: 3,
    };
    const text = (changes: Partial<PulseStatus>): string =>
      page({ pulse: { reached: true, status: pulseStatus({ active: false, ...changes }) } });
    expect(text({ readiness })).toMatch(/^ready +to take over: yes, 2 of 3 servers up$/m);
    expect(text({ readiness: { ...readiness, serversTotal: 0 } })).toMatch(/^ready +to take over: yes$/m);
    const gaps = { ...readiness, ready: false, reasons: ['eth0 link down', 'lvsd is not reached'] };
    expect(text({ readiness: gaps })).toMatch(
      /^ready +to take over: NO, because eth0 link down; lvsd is not reached$/m,
    );
    expect(text({ readiness, active: true })).not.toMatch(/^ready /m);
    const group = { name: 'post', preferred: 'backup', state: '', reason: '', since: '', vips: [] } as const;
    const apart = { readiness: gaps, active: true, groups: [{ ...group, active: false }] };
    expect(text(apart)).toMatch(/^ready +to take over: NO, because eth0 link down/m);
    expect(text({ ...apart, groups: [{ ...group, active: true }] })).not.toMatch(/^ready /m);
  });

  it('shows who keeps this director out, and what that means', () => {
    const order = { by: 'alice', at: '2026-03-01T11:00:00.000Z', reason: 'new memory', unlessAlone: false };
    const text = (changes: Partial<PulseStatus>): string =>
      page({ pulse: { reached: true, status: pulseStatus(changes) } });
    expect(text({ active: false, maintenance: order })).toMatch(
      /^order +MAINTENANCE STANDBY: takes nothing, even if the partner dies; by alice at 2026-03-01T11:00:00\.000Z \(.*ago\): new memory$/m,
    );
    expect(text({ maintenance: { ...order, unlessAlone: true, reason: '' } })).toMatch(
      /^order +MAINTENANCE STANDBY, serving alone: takes over only if the partner is dead; by alice at .*ago\)$/m,
    );
    expect(page()).not.toMatch(/^order/m);
  });

  it('shows what would outlive this director, where connections are synchronised', () => {
    const sync = { goal: 'standby', master: false, backup: true, guardOn: false, listeningSeconds: 65 };
    const connections = { total: 12, synced: 11, byState: { ESTABLISHED: 12 }, cut: false };
    const text = page({ pulse: { reached: true, status: pulseStatus({ sync: { ...sync, connections } }) } });
    expect(text).toMatch(/sync +listens for 1 min 5 s; 12 connections, 11 from the partner$/m);
    const serving = { goal: 'settled', master: true, backup: false, guardOn: false };
    const coverage = { total: 10, known: 7, idleSeconds: 45 };
    const active = page({
      pulse: { reached: true, status: pulseStatus({ sync: { ...serving, connections, coverage } }) },
    });
    expect(active).toMatch(
      /sync +sends; 12 connections, 11 from the partner, the partner knows 7 of 10 in use$/m,
    );
    expect(page()).not.toMatch(/^sync /m);
  });

  it('shows each server with its connections', () => {
    expect(page()).toMatch(/one +127\.0\.0\.11:8081 +up +1 +3 +4 +57 +102 +- +1 min +connected/);
    const interval = { checkInterval: { configuredMs: 1_000, actualMs: 1_003.4 } };
    expect(servicePage(interval)).toMatch(/ 102 +1\.003\/1 s +1 min /);
  });

  it('shows a server that is out, with the weight that it should have', () => {
    const text = servicePage({
      health: 'down',
      weight: undefined,
      reason: 'connection refused',
      nannyStarts: 3,
    });
    expect(text).toMatch(/DOWN +-\/1 .*102 \(3 starts\).*connection refused/);
  });

  it('tells a drained server from a quiesced one', () => {
    expect(servicePage({ weight: 0, configuredWeight: 0 })).toMatch(/up, drained +0 /);
    expect(servicePage({ health: 'down', weight: 0, configuredWeight: 2 })).toMatch(/DOWN +0\/2 /);
  });

  it('brackets IPv6 addresses', () => {
    expect(servicePage({ address: '2001:db8::1', port: 80 })).toContain('[2001:db8::1]:80');
  });

  it('mixes the events of both daemons in the order of time', () => {
    const lines = renderStatus(view(), NOW_MS);
    expect(lines.slice(lines.indexOf('last events') + 1)).toEqual([
      '  2026-03-01T11:50:00.000Z  lvsd   ready',
      '  2026-03-01T11:55:55.000Z  pulse  running',
    ]);
  });

  it('works with one daemon and names the other', () => {
    const away = { reached: false, reason: 'cannot reach /run/x' } as const;
    expect(page({ pulse: away })).toMatch(/pulse +NOT REACHED: cannot reach \/run\/x[\s\S]*service web/);
    expect(page({ lvsd: away })).toMatch(/ACTIVE[\s\S]*lvsd +NOT REACHED: cannot reach \/run\/x/);
  });

  it('does not miss the lvsd of a cold standby', () => {
    const standby = pulseStatus({ active: false, children: [{ name: 'lvsd', phase: 'idle', starts: 0 }] });
    const text = page({
      pulse: { reached: true, status: standby },
      lvsd: { reached: false, reason: 'cannot reach it' },
    });
    expect(text).toContain('STANDBY');
    expect(text).not.toContain('NOT REACHED');
  });

  it('has a row for each nanny that watches many real services', () => {
    const lateness = { count: 900, p50Ms: 0.7, p99Ms: 4.4, maxMs: 21 };
    const load = { services: 300, probes: 100, running: 2, waiting: 3, begun: 5_000, lateness };
    const sharedNannies = [
      { name: 'shared 1', pid: 77, starts: 2, load },
      { name: 'shared 2', starts: 1 },
    ];
    const text = page({ lvsd: { reached: true, status: lvsdStatus({ sharedNannies }) } });
    expect(text).toMatch(
      /nanny +shared 1, pid 77 \(2 starts\): 300 real services, 100 probes, begin late by 0\.7 ms, 99 % by at most 4\.4, all by 21, 3 wait for their turn/,
    );
    expect(text).toMatch(/nanny +shared 2, pid -: has not told anything yet/);
  });

  it('names problems, foreign entries and a refused reload', () => {
    const status = lvsdStatus({
      tableInSync: false,
      problems: ['-a x: No such service'],
      foreignEntries: ['tcp 10.0.0.1:22'],
      lastReload: { at: '2026-03-01T11:00:00.000Z', ok: false, text: 'lvs.cf:3:1: error' },
    });
    const text = page({ lvsd: { reached: true, status } });
    expect(text).toContain('NOT IN SYNC');
    expect(text).toMatch(/problem +-a x: No such service/);
    expect(text).toMatch(/foreign +tcp 10\.0\.0\.1:22 \(left alone\)/);
    expect(text).toMatch(/reload +2026-03-01T11:00:00\.000Z REFUSED: lvs\.cf:3:1: error/);
  });

  it('lets no control character through', () => {
    const evil = 'x\u001b[2J\u0007\nsecond\u009b31m\u202e';
    const text = page({
      runDirectory: evil,
      pulse: { reached: true, status: pulseStatus({ reason: evil, vips: [evil] }) },
      lvsd: { reached: false, reason: evil },
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(text).not.toContain('\nsecond');
  });
});
