import { describe, expect, it } from 'vitest';
import { errorsOf, fromHeartbeat, reasonsOf } from '../../support/import.js';

const SHOP = 'virtual=10.0.0.9:80\n    real=10.0.0.21:80 gate\n    checktype=connect\n';

describe('ha.cf', () => {
  it.each([
    ['2', 'keepalive = 2\n'],
    ['500ms', 'keepalive = 0.5\n'],
    ['1s', 'keepalive = 1\n'],
  ])('keepalive %s', (time, line) => {
    const imported = fromHeartbeat(`keepalive ${time}\n`, 'north 10.0.0.9/32/eth0 ldirectord\n', SHOP);
    expect(imported.text).toContain(line);
    expect(imported.notes).toEqual([]);
  });

  it('has the times of heartbeat where it says none', () => {
    const imported = fromHeartbeat('keepalive soon\n', 'north 10.0.0.9/32/eth0 ldirectord\n', SHOP);
    expect(imported.text).toContain('keepalive = 2\ndeadtime = 30\n');
    expect(reasonsOf(imported)).toEqual(['1: it is no time from 0.01 to 86400 s']);
  });
});

describe('haresources', () => {
  it('joins lines, and gives each resource its place', () => {
    const imported = fromHeartbeat('', 'north \\\n  10.0.0.9/32/eth0 ldirectord \\\n  httpd\n', SHOP);
    expect(imported.notes.map(({ line, column, text }) => [line, column, text])).toEqual([[3, 3, 'httpd']]);
  });

  it('reads a file that two lines name once', () => {
    const lines = 'north 10.0.0.9/32/eth0 ldirectord::x\nnorth ldirectord::x\n';
    const imported = fromHeartbeat('', lines, SHOP);
    expect(imported.text.match(/^virtual /gm)).toHaveLength(1);
    expect(imported.notes).toEqual([]);
  });

  it('knows the device of the sync daemon', () => {
    const lines = 'north 10.0.0.9/32/eth0 ldirectord LVSSyncDaemonSwap::master::eth1::7\n';
    const imported = fromHeartbeat('', lines, SHOP);
    expect(imported.text).toContain('failover_state = sync\nsyncd_iface = eth1\nsyncd_id = 7\n');
    expect(errorsOf(imported)).toEqual([]);
  });
});
