import { describe, expect, it } from 'vitest';
import { conflictsOf } from '../../src/core/conflict.js';
import { EMPTY_RECORD, type MachineState, NOTHING, type Step, type Wanted } from '../../src/core/model.js';
import { planChange } from '../../src/core/plan.js';
import { findingLines, statusLines, stepText } from '../../src/core/render.js';
import { statusOf } from '../../src/core/status.js';
import { address, after, machine } from '../support/machine.js';

const VIP = '192.0.2.100';
const WANTED: Wanted = {
  vips: [
    { address: VIP, method: 'tunnel' },
    { address: '2001:db8::100', method: 'direct' },
  ],
  arp: 'nft',
  pathMtuBytes: 1_500,
};

const DIRECT: Wanted = { vips: [{ address: VIP, method: 'direct' }], arp: 'sysctl', pathMtuBytes: 0 };

function started(wanted: Wanted = WANTED, base: MachineState = machine()) {
  const plan = planChange(wanted, base, EMPTY_RECORD);
  return { seen: after(base, plan.steps), record: plan.recordAfter, plan };
}

function lines(changes: Partial<MachineState>) {
  const { seen, record } = started();
  return statusLines(statusOf(record, { ...seen, ...changes }));
}

describe('status', () => {
  it('of a machine on which nothing was started', () => {
    expect(statusLines(statusOf(EMPTY_RECORD, machine()))).toEqual(['stopped']);
  });

  it('of one that serves', () => {
    expect(lines({})).toEqual([
      'started',
      '  192.0.2.100 (tunnel) on tunl0',
      '  2001:db8::100 (direct) on lo',
      '  net/ipv4/conf/all/arp_announce = 2, was 0',
      '  net/ipv4/conf/tunl0/rp_filter = 2, was 0',
      '  tunl0 switched on by us',
      '  ARP table of nftables: there',
      '  segment table of nftables: there',
    ]);
  });

  it('tells what is gone', () => {
    const gone = lines({ addresses: [], arpTable: undefined, segmentTable: undefined, sysctls: new Map() });
    expect(gone).toContain('  192.0.2.100 (tunnel) MISSING on tunl0');
    expect(gone).toContain('  net/ipv4/conf/all/arp_announce = 2, was 0, NOW gone');
    expect(gone).toContain('  ARP table of nftables: MISSING');
    expect(gone).toContain('  segment table of nftables: MISSING');
    expect(gone[0]).toBe('incomplete');
    const links = machine().links;
    expect(lines({ links })).toContain('  tunl0 switched on by us, NOW off');
    const wrongMtu = { vips: [VIP], pathMtuBytes: 1_400 };
    expect(lines({ segmentTable: wrongMtu })[0]).toBe('incomplete');
    expect(lines({ arpTable: [] })[0]).toBe('incomplete');
  });

  it('tells an address that is not ours', () => {
    const { seen, record } = started(DIRECT, machine({ addresses: [address(1, VIP, 24)] }));
    expect(statusLines(statusOf(record, seen))).toContain(`  ${VIP} (direct) on lo, not by us`);
  });

  it('a stop that was cut off is neither started nor stopped', () => {
    for (const wanted of [WANTED, DIRECT]) {
      const { seen, record } = started(wanted);
      const cut = planChange(NOTHING, seen, record).recordBefore;
      expect(statusOf(cut, seen).state).toBe('incomplete');
      expect(statusOf(cut, machine()).state).toBe('incomplete');
    }
  });
});

describe('lines for a person', () => {
  it('every step has one', () => {
    const { seen, record, plan } = started();
    const all: readonly Step[] = [...plan.steps, ...planChange(NOTHING, seen, record).steps];
    expect(all.map(stepText)).toEqual([
      'net/ipv4/conf/all/arp_announce set to 2',
      'net/ipv4/conf/tunl0/rp_filter set to 2',
      'nftables keeps ARP silent for 192.0.2.100',
      'nftables limits segments of 192.0.2.100 by a path MTU of 1500',
      'tunl0 switched on',
      '192.0.2.100 added to tunl0',
      '2001:db8::100 added to lo',
      '192.0.2.100 removed from tunl0',
      '2001:db8::100 removed from lo',
      'tunl0 switched off',
      'net/ipv4/conf/all/arp_announce put back to 0',
      'net/ipv4/conf/tunl0/rp_filter put back to 0',
      'the ARP table of nftables is removed',
      'the segment table of nftables is removed',
    ]);
  });

  it('a finding has three', () => {
    const finding = {
      severity: 'problem',
      code: 'VIP_MISSING',
      text: 'a',
      evidence: 'b',
      remedy: 'c',
    } as const;
    expect(findingLines(finding)).toEqual(['problem VIP_MISSING: a', '  seen: b', '  do: c']);
  });
});

describe('VIPs that this machine has on a network', () => {
  it('are told with their interface; those on lo and of IPv6 are none', () => {
    const seen = machine({
      addresses: [address(2, VIP), address(1, '192.0.2.101'), address(2, '2001:db8::100')],
    });
    const vips = [VIP, '192.0.2.101', '2001:db8::100'].map((text) => ({
      address: text,
      method: 'direct' as const,
    }));
    expect(conflictsOf({ vips, arp: 'sysctl', pathMtuBytes: 0 }, seen)).toEqual([
      { address: VIP, interface: 'eth0' },
    ]);
  });
});
