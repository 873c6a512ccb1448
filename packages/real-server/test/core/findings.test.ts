import { describe, expect, it } from 'vitest';
import type { Duty } from '../../src/core/duties.js';
import type { Examined } from '../../src/core/finding.js';
import { findingsOf } from '../../src/core/findings.js';
import { EMPTY_RECORD, type MachineState, type Wanted } from '../../src/core/model.js';
import { planChange } from '../../src/core/plan.js';
import { address, after, link, machine } from '../support/machine.js';

const VIP = '192.0.2.100';
const VIP6 = '2001:db8::100';
const DIRECT: Wanted = { vips: [{ address: VIP, method: 'direct' }], arp: 'sysctl', pathMtuBytes: 0 };
const TUNNEL: Wanted = { vips: [{ address: VIP, method: 'tunnel' }], arp: 'sysctl', pathMtuBytes: 1_500 };
const ROUTE = { family: 4, device: 'eth0', gateway: '10.0.0.1', metric: 0, segmentBytes: undefined } as const;
const DUTY: Duty = {
  service: 'web',
  protocol: 'tcp',
  address: VIP,
  port: 80,
  forwarding: 'direct',
  ownAddress: '10.0.0.11',
};

/** A machine after a start, with what is told otherwise. */
function examined(wanted: Wanted, seen: Partial<MachineState> = {}, rest: Partial<Examined> = {}): Examined {
  const base = machine();
  const started = after(base, planChange(wanted, base, EMPTY_RECORD).steps);
  return {
    wanted,
    seen: { ...started, ...seen },
    duties: [],
    gateways: [],
    routes: [ROUTE],
    listeners: [],
    ...rest,
  };
}

const codes = (given: Examined) => findingsOf(given).map(({ code }) => code);
const settings = (given: Record<string, string>, wanted: Wanted) => {
  const base = examined(wanted).seen.sysctls;
  const changed = Object.entries(given).map(([name, value]) => [`net/ipv4/conf/${name}`, value] as const);
  return { sysctls: new Map([...base, ...changed]) };
};

describe('after a start', () => {
  it.each([
    DIRECT,
    TUNNEL,
    { ...DIRECT, arp: 'nft' } as const,
    { ...DIRECT, vips: [{ address: VIP6, method: 'direct' }] } as const,
    { ...TUNNEL, vips: [{ address: VIP6, method: 'tunnel' }] } as const,
  ])('nothing is found: $vips $arp', (wanted) => {
    expect(findingsOf(examined(wanted))).toEqual([]);
  });
});

describe('VIPs', () => {
  it('one that is not here', () => {
    const [finding] = findingsOf(examined(TUNNEL, { addresses: [] }));
    expect(finding).toEqual({
      severity: 'problem',
      code: 'VIP_MISSING',
      text: `${VIP} is not here: packets for it are not taken`,
      evidence: 'no interface has it',
      remedy: `lvs-realserver start --method tunnel ${VIP}`,
    });
  });

  it('on an interface that is off, with a subnet, on a network', () => {
    const off = [link(1, 'lo', false), link(2, 'eth0')];
    expect(codes(examined(DIRECT, { links: off }))).toEqual(['VIP_DEVICE_DOWN']);
    expect(codes(examined(DIRECT, { addresses: [address(1, VIP, 24)] }))).toEqual(['VIP_SUBNET']);
    expect(codes(examined(DIRECT, { addresses: [address(2, VIP)] }))).toEqual(['VIP_ON_NETWORK']);
  });

  it('that duplicate detection holds back', () => {
    const wanted: Wanted = { ...DIRECT, vips: [{ address: VIP6, method: 'direct' }] };
    const tentative = { ...address(1, VIP6), isTentative: true };
    expect(codes(examined(wanted, { addresses: [tentative] }))).toEqual(['VIP_UNUSABLE']);
    const failed = { ...address(1, VIP6), hasFailedDad: true };
    expect(findingsOf(examined(wanted, { addresses: [failed] }))[0]?.text).toContain('detection failed');
  });
});

describe('ARP', () => {
  it('answered: off, or 3, which answers for lo whatever all says', () => {
    expect(codes(examined(DIRECT, settings({ 'all/arp_ignore': '0' }, DIRECT)))).toEqual(['ARP_ANSWERED']);
    const [three] = findingsOf(examined(DIRECT, settings({ 'eth0/arp_ignore': '3' }, DIRECT)));
    expect(three).toMatchObject({
      code: 'ARP_ANSWERED',
      evidence: 'net/ipv4/conf/all/arp_ignore = 1, net/ipv4/conf/eth0/arp_ignore = 3',
    });
  });

  it('on an interface that is off nobody asks', () => {
    const links = [link(1, 'lo'), link(2, 'eth0', false)];
    expect(codes(examined(DIRECT, { links, ...settings({ 'all/arp_ignore': '0' }, DIRECT) }))).toEqual([]);
  });

  it('a table of nftables does as well, for the VIPs in it', () => {
    const open = settings({ 'all/arp_ignore': '0' }, DIRECT);
    expect(codes(examined(DIRECT, { ...open, arpTable: [VIP] }))).toEqual([]);
    expect(codes(examined(DIRECT, { ...open, arpTable: ['192.0.2.101'] }))).toEqual(['ARP_ANSWERED']);
  });

  it('announced', () => {
    expect(codes(examined(DIRECT, settings({ 'all/arp_announce': '1' }, DIRECT)))).toEqual(['ARP_ANNOUNCED']);
    expect(
      codes(examined(DIRECT, settings({ 'all/arp_announce': '0', 'eth0/arp_announce': '2' }, DIRECT))),
    ).toEqual([]);
  });
});

describe('tunnels', () => {
  it('missing, off, filtered', () => {
    expect(codes(examined(TUNNEL, { links: [link(1, 'lo'), link(2, 'eth0')] }))).toContain('TUNNEL_MISSING');
    const off = [link(1, 'lo'), link(2, 'eth0'), link(3, 'tunl0', false)];
    expect(codes(examined(TUNNEL, { links: off }))).toContain('TUNNEL_DOWN');
    const strict = { 'all/rp_filter': '1', 'tunl0/rp_filter': '0' };
    expect(codes(examined(TUNNEL, settings(strict, TUNNEL)))).toEqual(['TUNNEL_FILTER']);
    expect(codes(examined(TUNNEL, settings({ 'all/rp_filter': '1' }, TUNNEL)))).toEqual([]);
  });

  it('IPv6 has an interface of its own and no filter', () => {
    const wanted: Wanted = { ...TUNNEL, vips: [{ address: VIP6, method: 'tunnel' }] };
    expect(codes(examined(wanted, settings({ 'all/rp_filter': '1' }, wanted)))).toEqual([]);
    const [missing] = findingsOf(
      examined(wanted, { links: [link(1, 'lo'), link(2, 'eth0')], addresses: [] }),
    );
    expect(missing?.code).toBe('VIP_MISSING');
    expect(codes(examined(wanted, { links: [link(1, 'lo'), link(2, 'eth0')] }))).toContain('TUNNEL_MISSING');
  });

  it('segments that do not fit, unless something limits them', () => {
    const open: Wanted = { ...TUNNEL, pathMtuBytes: 0 };
    const [finding] = findingsOf(examined(open));
    expect(finding).toMatchObject({ severity: 'warning', code: 'TUNNEL_MTU' });
    expect(finding?.evidence).toContain('eth0 has an MTU of 1500, the tunnel takes 20');
    expect(finding?.remedy).toContain('--path-mtu 1500');
    const route = { ...ROUTE, segmentBytes: 1_440 };
    expect(codes(examined(open, {}, { routes: [route] }))).toEqual([]);
    expect(codes(examined(open, {}, { routes: [{ ...route, segmentBytes: 1_460 }] }))).toEqual([
      'TUNNEL_MTU',
    ]);
    const wide = examined(open).seen.links.map((entry) => ({ ...entry, mtuBytes: 1_520 }));
    expect(codes(examined(open, { links: wide }))).toEqual([]);
    const narrow = examined(TUNNEL).seen.links.map((entry) => ({ ...entry, mtuBytes: 1_400 }));
    expect(codes(examined(TUNNEL, { links: narrow }))).toEqual(['TUNNEL_MTU']);
    expect(codes(examined(open, {}, { routes: [] }))).toEqual([]);
  });

  it('the outer way is that of the address that the director knows', () => {
    const links = [...examined(TUNNEL).seen.links, { ...link(5, 'eth1'), mtuBytes: 1_400 }];
    const addresses = [...examined(TUNNEL).seen.addresses, address(5, '10.5.0.1', 24)];
    const duties = [{ ...DUTY, port: 0, forwarding: 'tunnel' as const, ownAddress: '10.5.0.1' }];
    expect(codes(examined(TUNNEL, { links, addresses }, { duties }))).toEqual(['TUNNEL_MTU']);
  });
});

describe('services of an lvs.cf', () => {
  it('a port on which nobody listens', () => {
    const [finding] = findingsOf(examined(DIRECT, {}, { duties: [DUTY] }));
    expect(finding).toMatchObject({
      code: 'NOT_LISTENING',
      evidence: `no tcp socket listens on ${VIP}:80 or 0.0.0.0:80`,
    });
    const listeners = [{ protocol: 'tcp', address: '0.0.0.0', port: 80 } as const];
    expect(codes(examined(DIRECT, {}, { duties: [DUTY], listeners }))).toEqual([]);
    for (const duty of [
      { ...DUTY, port: 0 },
      { ...DUTY, protocol: 'sctp' as const },
    ]) {
      expect(codes(examined(DIRECT, {}, { duties: [duty] }))).toEqual([]);
    }
  });

  it('under NAT the default route has to be a director', () => {
    const nat: Duty = { ...DUTY, address: '10.0.0.11', port: 0, forwarding: 'nat' };
    const wanted: Wanted = { ...DIRECT, vips: [] };
    const by = (rest: Partial<Examined>) => codes(examined(wanted, {}, { duties: [nat], ...rest }));
    expect(by({ gateways: ['10.0.0.1'] })).toEqual([]);
    expect(by({ gateways: ['10.0.0.2'] })).toEqual(['NAT_GATEWAY']);
    expect(by({ gateways: ['10.0.0.1'], routes: [] })).toEqual(['NAT_GATEWAY']);
    const sixth = { ...ROUTE, family: 6, gateway: 'fe80::1' } as const;
    const duty = { ...nat, address: '2001:db8::11' };
    const found = findingsOf(
      examined(wanted, {}, { duties: [duty], gateways: ['2001:db8::1'], routes: [sixth] }),
    );
    expect(found).toMatchObject([{ code: 'NAT_GATEWAY', severity: 'warning' }]);
  });

  it('a strict filter between two ways is a warning', () => {
    const duties = [{ ...DUTY, port: 0 }];
    const routes = [{ ...ROUTE, device: 'eth1' }];
    const strict = settings({ 'eth0/rp_filter': '1' }, DIRECT);
    expect(codes(examined(DIRECT, strict, { duties, routes }))).toEqual(['ROUTE_FILTER']);
    expect(codes(examined(DIRECT, strict, { duties }))).toEqual([]);
    expect(codes(examined(DIRECT, settings({ 'eth0/rp_filter': '2' }, DIRECT), { duties, routes }))).toEqual(
      [],
    );
  });

  it('problems come before warnings', () => {
    const open: Wanted = { ...TUNNEL, pathMtuBytes: 0 };
    const duties = [{ ...DUTY, forwarding: 'tunnel' as const }];
    expect(codes(examined(open, {}, { duties }))).toEqual(['NOT_LISTENING', 'TUNNEL_MTU']);
  });
});
