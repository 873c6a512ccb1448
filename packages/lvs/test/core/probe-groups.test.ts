import type { CheckSpec, LvsConfiguration } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { agreedHealth, ProbeGroups } from '../../src/core/probe-groups.js';
import { probeKey } from '../../src/core/probe-key.js';
import { AGENT, configurationOf, NO_WORDS, realServer, virtualServer } from '../support.js';

const OPTIONS = { verbose: false, foreground: true };
const free = () => false;

type Service = Parameters<typeof virtualServer>[0];
type Server = Parameters<typeof realServer>[0];

function keyOf(service: Service = {}, server: Server = {}, configuration: Partial<LvsConfiguration> = {}) {
  const target = { service: virtualServer(service), server: realServer(server) };
  return probeKey(configurationOf([], configuration), target, OPTIONS);
}

describe('the probe key', () => {
  const plain = keyOf({ port: 8080 });

  it('is the same where only what no check looks at differs', () => {
    const others: [Service, Server][] = [
      [{ name: 'shop' }, {}],
      [{ address: { address: '10.0.0.8', device: 'eth0:2' } }, {}],
      [{ port: 8081 }, {}],
      [{ firewallMark: 7 }, {}],
      [{ quiesceServer: true }, {}],
      [{ sorryServer: '10.0.0.99' }, {}],
      [{ scheduler: 'rr', persistentSeconds: 60 }, {}],
      [{}, { weight: 7 }],
      [{}, { forwarding: 'direct' }],
      [{}, { name: 'another' }],
    ];
    for (const [service, server] of others) expect(keyOf({ port: 8080, ...service }, server)).toBe(plain);
  });

  it('is another one for everything that a verdict or a reading may depend on', () => {
    const alive = { kind: 'tcp', name: 'alive' } as unknown as CheckSpec;
    const others: [Service, Server][] = [
      [{ port: 80 }, {}],
      [{ protocol: 'udp' }, {}],
      [{ check: { send: 'x' } }, {}],
      [{ check: { expect: 'x' } }, {}],
      [{ check: { expect: 'x', useRegex: true } }, {}],
      [{ check: { sendProgram: '/bin/true' } }, {}],
      [{ check: { timeoutMs: 1_000 } }, {}],
      [{ check: { reentryMs: 1_000 } }, {}],
      [{ check: { loadMonitor: 'rup' } }, {}],
      [{ check: { specs: [alive] } }, {}],
      [{ check: { specs: [alive], require: 'any' } }, {}],
      [{}, { address: '10.0.0.12' }],
      [{}, { port: 81 }],
      [{}, { weighing: { slowStart: 0, follows: 'agent', agent: AGENT } }],
      [{}, { watch: { ...NO_WORDS, rise: 2 } }],
      [{}, { watch: { ...NO_WORDS, fall: 2 } }],
      [{}, { watch: { ...NO_WORDS, intervalMs: 1_000 } }],
      [{}, { watch: { ...NO_WORDS, initialState: 'up' } }],
      [{}, { watch: { ...NO_WORDS, checkAddress: '10.0.0.13' } }],
      [{}, { watch: { ...NO_WORDS, checkPort: 9 } }],
    ];
    const keys = others.map(([service, server]) => keyOf({ port: 8080, ...service }, server));
    expect(new Set([plain, ...keys]).size).toBe(others.length + 1);
  });

  it('names the virtual service where a program is told of it', () => {
    const program = { kind: 'program', arguments: 'ldirectord' } as unknown as CheckSpec;
    const keys = [8080, 8081].map((port) => keyOf({ port, check: { specs: [program] } }));
    expect(keys[0]).not.toBe(keys[1]);
  });
});

describe('real services of one key', () => {
  it('share a process until the last one leaves', () => {
    const groups = new ProbeGroups();
    expect(groups.add('web', 'k', free)).toEqual({ name: 'web', isNew: true });
    expect(groups.add('shop', 'k', free)).toEqual({ name: 'web', isNew: false });
    expect(groups.add('post', 'other', free)).toEqual({ name: 'post', isNew: true });
    expect(groups.membersOf('web')).toEqual(['web', 'shop']);
    expect(groups.remove('web')).toEqual({ name: 'web', isUnwanted: false });
    expect(groups.nameOf('shop')).toBe('web');
    expect(groups.remove('shop')).toEqual({ name: 'web', isUnwanted: true });
    expect([groups.membersOf('web'), groups.remove('web')]).toEqual([[], undefined]);
  });

  it('never get the name of a process that another one has, or that is to end', () => {
    const groups = new ProbeGroups();
    groups.add('web', 'k', free);
    groups.add('shop', 'k', free);
    groups.remove('web');
    expect(groups.add('web', 'other', free).name).toBe('web (2)');
    expect(groups.add('post', 'third', (name) => name === 'post').name).toBe('post (2)');
  });

  it('part where one of them is checked otherwise from now on, and meet again', () => {
    const groups = new ProbeGroups();
    groups.add('web', 'k', free);
    expect(groups.renew('web', 'k')).toBe('restarts');
    groups.add('shop', 'k', free);
    expect(groups.renew('web', 'k')).toBe('stays');
    expect(groups.renew('web', 'other')).toBe('moves');
    groups.remove('web');
    groups.add('web', 'other', free);
    // The first one that follows has the process for itself; where somebody is checked like that already it joins.
    expect(groups.renew('shop', 'third')).toBe('restarts');
    expect(groups.nameOf('shop')).toBe('web');
    expect(groups.renew('shop', 'other')).toBe('moves');
    expect(groups.renew('nobody', 'k')).toBe('moves');
  });

  it('are presumed to be what those believe who believe something, if they agree', () => {
    expect(agreedHealth(['unknown', 'up', 'up'])).toBe('up');
    expect(agreedHealth(['down'])).toBe('down');
    expect(agreedHealth(['up', 'down'])).toBe('unknown');
    expect(agreedHealth(['unknown'])).toBe('unknown');
    expect(agreedHealth([])).toBe('unknown');
  });
});
