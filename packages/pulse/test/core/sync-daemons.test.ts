import { parseSyncDaemons } from '@piranha/ipvs';
import { describe, expect, it } from 'vitest';
import { startArguments, syncDaemonFits } from '../../src/core/sync-daemons.js';

// As ipvsadm 1.31 prints it on Linux 6.1.
const BOTH = `master sync daemon (mcast=eth0, syncid=7, maxlen=1, group=224.0.0.81, port=8848, ttl=1)
backup sync daemon (mcast=eth0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)
`;

describe('the sync daemon', () => {
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
