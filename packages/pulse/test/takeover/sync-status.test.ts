import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConnectionCounter } from '../../src/core/connections.js';
import { scanConnections } from '../../src/takeover/sync-status.js';

describe('counting the kernel table', () => {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-count-'));
  const file = join(directory, 'ip_vs_conn_sync');
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('counts by state and origin up to its limit', async () => {
    const row = (port: number, state: string, origin: string) =>
      `TCP 0A000001 ${port.toString(16)} 0A000064 0050 0A000004 0050 ${state} ${origin}       898`;
    const rows = Array.from({ length: 1_000 }, (_, port) =>
      row(port, port < 600 ? 'ESTABLISHED' : 'FIN_WAIT', port < 400 ? 'SYNC' : 'LOCAL'),
    );
    const heading = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires';
    writeFileSync(file, `${[heading, ...rows].join('\n')}\n`);
    const all = new ConnectionCounter();
    expect(await scanConnections([all], file, 5_000)).toEqual({ cut: false });
    expect(all.counts()).toEqual({
      total: 1_000,
      synced: 400,
      byState: { ESTABLISHED: 600, FIN_WAIT: 400 },
    });
    const few = new ConnectionCounter();
    expect(await scanConnections([few], file, 10)).toEqual({ cut: true });
    expect(few.counts()).toMatchObject({ total: 10 });
  });

  it('gives nothing where there is no IPVS', async () => {
    expect(await scanConnections([], join(directory, 'missing'))).toBeUndefined();
  });
});
