import type { Table, TableServer } from '@piranha/ipvs';
import { describe, expect, it } from 'vitest';
import { adoptFromTable, presumeInitial } from '../../src/core/adoption.js';
import { indexTargets } from '../../src/core/check-targets.js';
import { TableIndex } from '../../src/core/table-places.js';
import { configurationOf, NO_WORDS, realServer, virtualServer } from '../support.js';

function entry(address: string, weight: number, port = 80): TableServer {
  return { address, port, forwarding: 'masquerade', weight, upperThreshold: 0, lowerThreshold: 0 };
}

function liveTable(...servers: TableServer[]): Table {
  const key = { kind: 'address', protocol: 'tcp', address: '10.0.0.9', port: 80 } as const;
  const settings = { schedulerFlags: [], persistentSeconds: 0, persistenceMask: undefined, onePacket: false };
  return { services: [{ key, scheduler: 'wlc', ...settings, servers }] };
}

function adopt(live: Table, service: Parameters<typeof virtualServer>[0] = {}) {
  const configuration = configurationOf([virtualServer(service)]);
  const [target] = indexTargets(configuration).targets;
  if (!target) throw new Error('no target');
  return adoptFromTable(configuration, target, new TableIndex(live))?.health;
}

describe('adoptFromTable', () => {
  it('takes an entry with weight for up, whatever the weight', () => {
    expect(adopt(liveTable(entry('10.0.0.11', 5)))).toBe('up');
  });

  it('knows nothing of a server that is not there', () => {
    expect(adopt(liveTable(entry('10.0.0.12', 5)))).toBeUndefined();
    expect(adopt({ services: [] })).toBeUndefined();
  });

  it('reads weight 0 by what the configuration says', () => {
    const live = liveTable(entry('10.0.0.11', 0));
    expect(adopt(live)).toBeUndefined();
    expect(adopt(live, { quiesceServer: true })).toBe('down');
    expect(adopt(live, { servers: [realServer({ weight: 0 })] })).toBe('up');
  });

  it('looks for the virtual port under direct routing', () => {
    const servers = [realServer({ port: 8080 })];
    const direct = [realServer({ port: 8080, forwarding: 'direct' })];
    expect(adopt(liveTable(entry('10.0.0.11', 1, 80)), { servers: direct })).toBe('up');
    expect(adopt(liveTable(entry('10.0.0.11', 1, 80)), { servers })).toBeUndefined();
    expect(adopt(liveTable(entry('10.0.0.11', 1, 8080)), { servers })).toBe('up');
  });

  it('takes weight 0 for drained where an agent may have said so', () => {
    const agent = {
      port: 1,
      intervalMs: undefined,
      number: 'idle',
      smoothingPercent: 0,
      changePercent: 1,
      holdMs: 1,
      fadeMs: 1,
    } as const;
    const servers = [realServer({ weighing: { slowStart: 0, follows: 'agent', agent } })];
    expect(adopt(liveTable(entry('10.0.0.11', 0)), { servers })).toBe('up');
    expect(adopt(liveTable(entry('10.0.0.11', 0)), { servers, quiesceServer: true })).toBe('down');
  });

  it('takes servers of weight 0 beside a sorry server for up where the quorum was lost', () => {
    const sorryServer = '10.0.0.99';
    const live = liveTable(entry('10.0.0.11', 0), entry(sorryServer, 1));
    const quorum = { weight: 2, hysteresis: 0, upCommand: undefined, downCommand: undefined };
    expect(adopt(live, { sorryServer, quorum })).toBe('up');
    expect(adopt(live, { sorryServer })).toBeUndefined();
    expect(adopt(live, { sorryServer, quorum, quiesceServer: true })).toBe('down');
  });

  it('takes servers for down while their sorry server serves alone', () => {
    const sorryServer = '10.0.0.99';
    expect(adopt(liveTable(entry(sorryServer, 1)), { sorryServer })).toBe('down');
    expect(adopt(liveTable(entry(sorryServer, 1), entry('10.0.0.12', 1)), { sorryServer })).toBeUndefined();
  });
});

describe('presumeInitial', () => {
  it('is what initial_state says, and nothing without it', () => {
    const target = { id: 'one', service: virtualServer(), server: realServer() };
    expect(presumeInitial(target)).toBeUndefined();
    const watch = { ...NO_WORDS, initialState: 'up' } as const;
    expect(presumeInitial({ ...target, server: realServer({ watch }) })).toMatchObject({ health: 'up' });
  });
});
