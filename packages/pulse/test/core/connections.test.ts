import { describe, expect, it } from 'vitest';
import { ConnectionCounter, parseConnection } from '../../src/core/connections.js';

// As Linux 6.1 prints them: /proc/net/ip_vs_conn, then /proc/net/ip_vs_conn_sync of the partner.
const MINE = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
UDP 0A000001 EC8D 0A000064 0035 0A000004 0035 UDP             296
TCP 0A000001 B428 0A000064 0050 0A000004 0050 ESTABLISHED     896
TCP 0A000001 B42C 0A000064 0050 0A000004 0050 FIN_WAIT        118
UDP 0A000001 0000 0A000064 0035 0A000004 0035 NONE             46
`;
const PARTNERS = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires
TCP 0A000001 B428 0A000064 0050 0A000004 0050 ESTABLISHED SYNC       898
UDP 0A000001 EC8D 0A000064 0035 0A000004 0035 UDP         SYNC       298
TCP 0A000001 AAAA 0A000064 0050 0A000004 0050 ESTABLISHED LOCAL      100
`;
const SIX =
  'TCP fd00:0000:0000:0000:0000:0000:0000:0001 B2D4 fd00:0000:0000:0000:0000:0000:0000:0100 0050 fd00:0000:0000:0000:0000:0000:0000:0004 0050 ESTABLISHED LOCAL      899';

const read = (text: string) => text.split('\n').flatMap((line) => parseConnection(line) ?? []);

describe('the connection table', () => {
  it('reads both files of the kernel', () => {
    expect(read(MINE)).toHaveLength(4);
    expect(read(PARTNERS)[0]).toEqual({
      protocol: 'TCP',
      state: 'ESTABLISHED',
      expiresSeconds: 898,
      origin: 'SYNC',
    });
    expect(parseConnection(SIX)).toMatchObject({ state: 'ESTABLISHED', expiresSeconds: 899 });
  });

  it('skips lines that are no connections', () => {
    for (const line of [
      '',
      'Pro FromIP',
      'TCP 1 2 3',
      'XXX a b c d e f ESTABLISHED 3',
      'TCP a b c d e f NONE x',
    ]) {
      expect(parseConnection(line)).toBeUndefined();
    }
  });

  it('counts by state and origin', () => {
    const counter = new ConnectionCounter();
    for (const connection of read(PARTNERS)) counter.add(connection);
    expect(counter.counts()).toEqual({ total: 3, synced: 2, byState: { ESTABLISHED: 2, UDP: 1 } });
  });
});
