import { describe, expect, it } from 'vitest';
import { readIpv4Defaults, readIpv6Defaults } from '../../src/core/proc-routes.js';
import { isServed, readListeners } from '../../src/core/proc-sockets.js';

const ROUTE_HEADER = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';

describe('default routes of IPv4', () => {
  it('best first, with the segment size that is offered', () => {
    const text = [
      ROUTE_HEADER,
      'eth1\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0',
      'eth0\t00000000\tFE02000A\t0003\t0\t0\t0\t00000000\t1480\t0\t0',
      'eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    ].join('\n');
    expect(readIpv4Defaults(text)).toEqual([
      { family: 4, device: 'eth0', gateway: '10.0.2.254', metric: 0, segmentBytes: 1_440 },
      { family: 4, device: 'eth1', gateway: '10.0.0.1', metric: 100, segmentBytes: undefined },
    ]);
  });

  it('one without a gateway; none that is off, or that rejects', () => {
    const route = (flags: string) => `ppp0\t00000000\t00000000\t${flags}\t0\t0\t0\t00000000\t0\t0\t0`;
    expect(readIpv4Defaults(route('0001'))).toMatchObject([{ device: 'ppp0', gateway: undefined }]);
    expect(readIpv4Defaults(route('0002'))).toEqual([]);
    expect(readIpv4Defaults(route('0201'))).toEqual([]);
    expect(readIpv4Defaults('')).toEqual([]);
  });
});

describe('default routes of IPv6', () => {
  const zero = '0'.repeat(32);
  const line = (flags: string, hop = zero, destination = zero, length = '00') =>
    `${destination} ${length} ${zero} 00 ${hop} 00000400 00000001 00000000 ${flags} eth0`;

  it('with and without a gateway', () => {
    const hop = '20010db8000000000000000000000001';
    expect(readIpv6Defaults(`${line('00000003', hop)}\n`)).toEqual([
      { family: 6, device: 'eth0', gateway: '2001:db8::1', metric: 1_024, segmentBytes: undefined },
    ]);
    expect(readIpv6Defaults(line('00000001'))).toMatchObject([{ gateway: undefined }]);
  });

  it('not those to a network, nor the one that rejects', () => {
    expect(readIpv6Defaults(line('00000001', zero, `20010db8${'0'.repeat(24)}`, '40'))).toEqual([]);
    expect(readIpv6Defaults(line('00200200'))).toEqual([]);
  });
});

describe('sockets that take what comes', () => {
  const HEADER =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  const line = (local: string, state: string) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000`;

  it('of IPv4 and IPv6, those that listen alone', () => {
    const text = [
      HEADER,
      line('00000000:0050', '0A'),
      line('0100007F:1F90', '0A'),
      line('0100007F:0016', '01'),
    ];
    expect(readListeners(text.join('\n'), 'tcp')).toEqual([
      { protocol: 'tcp', address: '0.0.0.0', port: 80 },
      { protocol: 'tcp', address: '127.0.0.1', port: 8_080 },
    ]);
    const sixth = line('B80D0120000000000000000001000000:0035', '07');
    expect(readListeners(sixth, 'udp')).toEqual([{ protocol: 'udp', address: '2001:db8::1', port: 53 }]);
  });

  it('a port is served by its address, by the wildcard, and for IPv4 by that of IPv6', () => {
    const want = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const;
    const by = (address: string, port = 80) => isServed([{ protocol: 'tcp', address, port }], want);
    expect(['192.0.2.1', '0.0.0.0', '::', '::ffff:192.0.2.1'].map((address) => by(address))).toEqual(
      Array(4).fill(true),
    );
    expect([by('10.0.0.1'), by('0.0.0.0', 81), by('::1')]).toEqual([false, false, false]);
    expect(isServed([{ protocol: 'udp', address: '0.0.0.0', port: 80 }], want)).toBe(false);
    const sixth = { protocol: 'tcp', address: '2001:db8::1', port: 80 } as const;
    expect(isServed([{ protocol: 'tcp', address: '0.0.0.0', port: 80 }], sixth)).toBe(false);
    expect(isServed([{ protocol: 'tcp', address: '::', port: 80 }], sixth)).toBe(true);
  });
});
