import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_RECORD,
  type MachineState,
  NOTHING,
  type StateRecord,
  type Wanted,
} from '../../src/core/model.js';
import { ipv4Setting, isSilent } from '../../src/core/needs.js';
import { isEmptyRecord, planChange } from '../../src/core/plan.js';
import { address, after, comparable, link, machine } from '../support/machine.js';

const VIPS = ['192.0.2.100', '192.0.2.101', '2001:db8::100'] as const;

const wantedVip = fc.record({
  address: fc.constantFrom(...VIPS),
  method: fc.constantFrom('direct' as const, 'tunnel' as const),
});
const wanted: fc.Arbitrary<Wanted> = fc.record({
  vips: fc.uniqueArray(wantedVip, { maxLength: 3, selector: (vip) => vip.address }),
  arp: fc.constantFrom('sysctl', 'nft'),
  pathMtuBytes: fc.constantFrom(0, 1_400, 1_500),
});

/** Any machine: settings of all kinds, tunnels on or off, VIPs that somebody else put somewhere. */
const anyMachine: fc.Arbitrary<MachineState> = fc
  .record({
    up: fc.tuple(fc.boolean(), fc.boolean()),
    foreign: fc.uniqueArray(
      fc.record({
        index: fc.constantFrom(1, 2, 3, 4),
        text: fc.constantFrom(...VIPS, '198.51.100.7'),
        isWide: fc.boolean(),
      }),
      { maxLength: 4, selector: ({ index, text }) => `${index} ${text}` },
    ),
    values: fc.array(fc.constantFrom('0', '1', '2', '3', '8'), { minLength: 15, maxLength: 15 }),
  })
  .map(({ up, foreign, values }) => {
    const links = [link(1, 'lo'), link(2, 'eth0'), link(3, 'tunl0', up[0]), link(4, 'ip6tnl0', up[1])];
    const base = machine({ links });
    const extra = foreign.map(({ index, text, isWide }) => {
      const whole = text.includes(':') ? 64 : 24;
      return isWide ? address(index, text, whole) : address(index, text);
    });
    const sysctls = new Map([...base.sysctls.keys()].map((path, index) => [path, values[index] ?? '0']));
    return { ...base, addresses: [...base.addresses, ...extra], sysctls };
  });

interface Situation {
  readonly seen: MachineState;
  readonly record: StateRecord;
}

/** Carries a change out, to its end or cut off after some steps. */
function change({ seen, record }: Situation, to: Wanted, steps = Infinity): Situation {
  const plan = planChange(to, seen, record);
  const isWhole = steps >= plan.steps.length;
  return {
    seen: after(seen, plan.steps.slice(0, steps)),
    record: isWhole ? plan.recordAfter : plan.recordBefore,
  };
}

const start = (seen: MachineState): Situation => ({ seen, record: EMPTY_RECORD });

describe('properties of a change', () => {
  it('a stop gives back the machine that was there, and forgets', () => {
    fc.assert(
      fc.property(anyMachine, fc.array(wanted, { maxLength: 4 }), (seen, changes) => {
        const last = [...changes, NOTHING].reduce((situation, to) => change(situation, to), start(seen));
        expect(comparable(last.seen)).toEqual(comparable(seen));
        expect(isEmptyRecord(last.record)).toBe(true);
      }),
    );
  });

  it('the same start again changes nothing', () => {
    fc.assert(
      fc.property(anyMachine, wanted, wanted, (seen, first, second) => {
        const started = change(change(start(seen), first), second);
        const again = planChange(second, started.seen, started.record);
        expect(again.steps).toEqual([]);
        expect(again.recordAfter).toEqual(started.record);
      }),
    );
  });

  it('a change that was cut off anywhere is completed by a start and undone by a stop', () => {
    fc.assert(
      fc.property(anyMachine, wanted, wanted, fc.nat(12), (seen, first, second, steps) => {
        const running = change(start(seen), first);
        const cut = change(running, second, steps);
        const completed = change(cut, second);
        expect(comparable(completed.seen)).toEqual(comparable(change(running, second).seen));
        expect(comparable(change(cut, NOTHING).seen)).toEqual(comparable(seen));
        expect(comparable(change(completed, NOTHING).seen)).toEqual(comparable(seen));
      }),
    );
  });

  it('a stop that was cut off is completed by a stop', () => {
    fc.assert(
      fc.property(anyMachine, wanted, fc.nat(12), (seen, to, steps) => {
        const cut = change(change(start(seen), to), NOTHING, steps);
        expect(comparable(change(cut, NOTHING).seen)).toEqual(comparable(seen));
      }),
    );
  });

  it('a VIP that we add is at no step here with ARP answered for it', () => {
    fc.assert(
      fc.property(anyMachine, wanted, wanted, (seen, first, second) => {
        let situation = start(seen);
        for (const to of [first, second, NOTHING]) {
          const plan = planChange(to, situation.seen, situation.record);
          const added = plan.recordBefore.addresses.map((held) => held.address);
          for (let steps = 0; steps <= plan.steps.length; steps += 1) {
            expectSilent(after(situation.seen, plan.steps.slice(0, steps)), seen, added);
          }
          situation = change(situation, to);
        }
      }),
    );
  });
});

/** Of `added`, those that are here and were not at first are silent on eth0. */
function expectSilent(now: MachineState, first: MachineState, added: readonly string[]): void {
  const has = (state: MachineState, text: string) => state.addresses.some((entry) => entry.address === text);
  const ours = added.filter((text) => !text.includes(':') && has(now, text) && !has(first, text));
  const values = ['all', 'eth0'].map((name) => Number(now.sysctls.get(ipv4Setting(name, 'arp_ignore'))));
  const bySetting = isSilent(Math.max(...values));
  for (const text of ours) expect(bySetting || now.arpTable?.includes(text), text).toBe(true);
}

describe('what others did since the start', () => {
  const direct: Wanted = { vips: [{ address: VIPS[0], method: 'direct' }], arp: 'sysctl', pathMtuBytes: 0 };
  const ignore = ipv4Setting('all', 'arp_ignore');

  it('a setting that somebody changed is left and told', () => {
    const started = change(start(machine()), direct);
    const changed = { ...started.seen, sysctls: new Map([...started.seen.sysctls, [ignore, '2']]) };
    const plan = planChange(NOTHING, changed, started.record);
    expect(after(changed, plan.steps).sysctls.get(ignore)).toBe('2');
    expect(plan.notes).toEqual([expect.stringMatching(/arp_ignore is 2.*our 1.*was 0/)]);
    expect(isEmptyRecord(plan.recordAfter)).toBe(true);
  });

  it('a setting that somebody put back is set again by a start', () => {
    const started = change(start(machine()), direct);
    const spoilt = { ...started.seen, sysctls: new Map([...started.seen.sysctls, [ignore, '0']]) };
    expect(planChange(direct, spoilt, started.record).steps).toEqual([
      { type: 'set-sysctl', path: ignore, value: '1' },
    ]);
  });

  it('an address that was there before is told and never removed', () => {
    const seen = machine({ addresses: [address(1, VIPS[0])] });
    const plan = planChange(direct, seen, EMPTY_RECORD);
    expect(plan.recordBefore.addresses).toEqual([]);
    expect(plan.notes).toEqual([expect.stringContaining('was on lo already')]);
    const stopped = change(change(start(seen), direct), NOTHING);
    expect(stopped.seen.addresses).toEqual(seen.addresses);
  });

  it('an address of ours that somebody took away is put back by a start', () => {
    const started = change(start(machine()), direct);
    const plan = planChange(direct, { ...started.seen, addresses: [] }, started.record);
    expect(plan.steps).toEqual([{ type: 'add-address', address: { address: VIPS[0], interface: 'lo' } }]);
  });

  it('an address of ours that somebody replaced by one with a subnet is theirs', () => {
    const started = change(start(machine()), direct);
    const replaced = { ...started.seen, addresses: [...machine().addresses, address(1, VIPS[0], 24)] };
    const plan = planChange(NOTHING, replaced, started.record);
    expect(plan.steps.map(({ type }) => type)).not.toContain('remove-address');
    expect(after(replaced, plan.steps).addresses).toEqual(replaced.addresses);
  });

  it('a tunnel interface that somebody uses since stays on', () => {
    const to: Wanted = { vips: [{ address: VIPS[0], method: 'tunnel' }], arp: 'sysctl', pathMtuBytes: 0 };
    const started = change(start(machine()), to);
    const used = { ...started.seen, addresses: [...started.seen.addresses, address(3, '198.51.100.7')] };
    const plan = planChange(NOTHING, used, started.record);
    expect(plan.steps.map(({ type }) => type)).not.toContain('link-down');
    expect(plan.notes).toEqual(['tunl0 stays up: somebody gave it 198.51.100.7 since it was switched on']);
  });
});

describe('the steps', () => {
  it('silence before addresses, and the strict filter of all stays', () => {
    const to: Wanted = {
      vips: [
        { address: VIPS[0], method: 'tunnel' },
        { address: VIPS[2], method: 'direct' },
      ],
      arp: 'sysctl',
      pathMtuBytes: 1_500,
    };
    const seen = machine({}, { 'all/rp_filter': '1', 'eth0/arp_ignore': '3' });
    expect(planChange(to, seen, EMPTY_RECORD).steps).toEqual([
      { type: 'set-sysctl', path: 'net/ipv4/conf/all/arp_ignore', value: '1' },
      { type: 'set-sysctl', path: 'net/ipv4/conf/eth0/arp_ignore', value: '1' },
      { type: 'set-sysctl', path: 'net/ipv4/conf/all/arp_announce', value: '2' },
      { type: 'set-sysctl', path: 'net/ipv4/conf/tunl0/rp_filter', value: '2' },
      { type: 'set-segment-table', limit: { vips: [VIPS[0]], pathMtuBytes: 1_500 } },
      { type: 'link-up', name: 'tunl0' },
      { type: 'add-address', address: { address: VIPS[0], interface: 'tunl0' } },
      { type: 'add-address', address: { address: VIPS[2], interface: 'lo' } },
    ]);
  });

  it('IPv6 alone needs no setting', () => {
    const to: Wanted = { vips: [{ address: VIPS[2], method: 'direct' }], arp: 'nft', pathMtuBytes: 0 };
    expect(planChange(to, machine(), EMPTY_RECORD).steps).toEqual([
      { type: 'add-address', address: { address: VIPS[2], interface: 'lo' } },
    ]);
  });

  it('a tunnel for IPv6 needs its interface and no setting', () => {
    const to: Wanted = { vips: [{ address: VIPS[2], method: 'tunnel' }], arp: 'sysctl', pathMtuBytes: 0 };
    expect(planChange(to, machine(), EMPTY_RECORD).steps).toEqual([
      { type: 'link-up', name: 'ip6tnl0' },
      { type: 'add-address', address: { address: VIPS[2], interface: 'ip6tnl0' } },
    ]);
  });
});
