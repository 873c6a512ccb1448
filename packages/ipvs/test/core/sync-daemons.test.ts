import { describe, expect, it } from 'vitest';
import { parseSyncDaemons, startArguments, syncDaemonFits } from '../../src/core/sync-daemons.js';

// As ipvsadm 1.31 prints it on Linux 6.1.
const BOTH = `master sync daemon (mcast=eth0, syncid=7, maxlen=1, group=224.0.0.81, port=8848, ttl=1)
backup sync daemon (mcast=eth0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)
`;

describe('the sync daemon', () => {
  it('reads both sides, one, or none', () => {
    expect(parseSyncDaemons(BOTH)).toEqual({
      master: { interface: 'eth0', syncId: 7, maxLength: 1 },
      backup: { interface: 'eth0', syncId: 7, maxLength: 1472 },
    });
    expect(parseSyncDaemons(BOTH.split('\n')[1] ?? '').master).toBeUndefined();
    expect(parseSyncDaemons('')).toEqual({ master: undefined, backup: undefined });
  });

  it('reads the short form of an old ipvsadm', () => {
    expect(parseSyncDaemons('master sync daemon (mcast=eth1, syncid=255)\n').master).toEqual({
      interface: 'eth1',
      syncId: 255,
      maxLength: undefined,
    });
  });

  it('skips what it does not know', () => {
    expect(parseSyncDaemons('something else (mcast=eth0)\nmaster sync daemon')).toEqual({
      master: undefined,
      backup: undefined,
    });
  });

  it('sends each connection at once as master', () => {
    expect(startArguments('master', 'eth0', 3).join(' ')).toBe(
      '--start-daemon master --mcast-interface eth0 --syncid 3 --sync-maxlen 1',
    );
    expect(startArguments('backup', 'eth0', 3).join(' ')).toBe(
      '--start-daemon backup --mcast-interface eth0 --syncid 3',
    );
  });

  it('tells a side that fits from one that does not', () => {
    const wanted = { syncInterface: 'eth0', syncId: 7 };
    const { master, backup } = parseSyncDaemons(BOTH);
    if (master === undefined || backup === undefined) throw new Error('not read');
    expect(syncDaemonFits('master', master, wanted)).toBe(true);
    expect(syncDaemonFits('backup', backup, wanted)).toBe(true);
    expect(syncDaemonFits('master', backup, wanted)).toBe(false);
    expect(syncDaemonFits('backup', backup, { ...wanted, syncId: 8 })).toBe(false);
  });
});
