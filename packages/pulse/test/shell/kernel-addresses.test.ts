import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@piranha/common';
import type { AddressChange, ChangeResult, InterfaceAddress, NetworkLink } from '@piranha/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findingText } from '../../src/core/address-plan.js';
import { KernelAddresses, type RouteTable } from '../../src/shell/kernel-addresses.js';
import { applyChange, link, present, vip } from '../support/network.js';

/** A kernel in memory that can refuse. */
class FakeKernel implements RouteTable {
  linkList: readonly NetworkLink[] = [link(1, 'lo', { hardwareType: 772 }), link(2, 'eth0'), link(3, 'eth1')];
  list: readonly InterfaceAddress[] = [present(2, '10.0.0.1', 24)];
  /** Addresses that cannot be added or removed. */
  refused: readonly string[] = [];
  /** Thrown by every call while set. */
  failure: Error | undefined;
  /** What the record said at each change. */
  readonly recordAtChange: string[] = [];
  readonly changes: string[] = [];
  isClosed = false;

  links(): readonly NetworkLink[] {
    if (this.failure) throw this.failure;
    return this.linkList;
  }

  addresses(): readonly InterfaceAddress[] {
    return this.list;
  }

  change(changes: readonly AddressChange[]): readonly ChangeResult[] {
    this.recordAtChange.push(existsSync(heldFile) ? readFileSync(heldFile, 'utf8') : '');
    return changes.map((change) => {
      this.changes.push(`${change.type} ${change.address.address} ${change.address.ifindex}`);
      if (this.refused.includes(change.address.address)) {
        return {
          outcome: 'failed',
          error: new UserError('EPERM', { code: 'ADDRESS_FAILED', hint: 'be root' }),
        };
      }
      const { addresses, result } = applyChange(this.list, change);
      this.list = addresses;
      return result;
    });
  }

  close(): void {
    this.isClosed = true;
  }

  texts(): readonly string[] {
    return this.list.map(({ index, address, prefixLength }) => `${address}/${prefixLength} ${index}`);
  }
}

let directory = '';
let heldFile = '';
let kernel: FakeKernel;
let problems: string[] = [];
let findings: string[] = [];
let opened: KernelAddresses[] = [];

/** The addresses of a new process. */
function open(): KernelAddresses {
  const addresses = new KernelAddresses({
    heldFile,
    route: kernel,
    onProblem: (problem) => problems.push(problem),
    onFinding: (finding) => findings.push(findingText(finding)),
  });
  opened.push(addresses);
  return addresses;
}

beforeEach(() => {
  vi.useFakeTimers();
  directory = mkdtempSync(join(tmpdir(), 'kernel-addresses-'));
  heldFile = join(directory, 'addresses');
  kernel = new FakeKernel();
  [problems, findings, opened] = [[], [], []];
});

afterEach(() => {
  for (const addresses of opened) addresses.close();
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

const VIP = vip('10.0.0.9', 'eth0');
const VIP6 = vip('2001:db8::9', 'eth1');

describe('addresses in the kernel', () => {
  it('are held when hold() returns, and nothing of ours is left after hold([])', async () => {
    const before = kernel.texts();
    const addresses = open();
    const reached = addresses.hold([VIP, VIP6]);
    expect(addresses.held()).toEqual(['10.0.0.9', '2001:db8::9']);
    expect(kernel.texts()).toEqual([...before, '10.0.0.9/32 2', '2001:db8::9/128 3']);
    await expect(reached).resolves.toBe(true);
    await expect(addresses.hold([])).resolves.toBe(true);
    expect(kernel.texts()).toEqual(before);
    expect(addresses.held()).toEqual([]);
    expect(existsSync(heldFile)).toBe(false);
    expect([problems, findings]).toEqual([[], []]);
  });

  it('are recorded before they are added, and struck out after they are removed', async () => {
    const addresses = open();
    await addresses.hold([VIP]);
    expect(kernel.recordAtChange.at(-1)).toContain('10.0.0.9');
    await addresses.hold([VIP6]);
    expect(kernel.changes).toEqual(['add 10.0.0.9 2', 'add 2001:db8::9 3', 'remove 10.0.0.9 2']);
    expect(kernel.recordAtChange.at(-1)).toContain('10.0.0.9');
    expect(readFileSync(heldFile, 'utf8')).not.toContain('10.0.0.9');
  });

  it('are found by the successor of a killed process', async () => {
    await open().hold([VIP, VIP6]);
    const successor = open();
    expect(successor.leftovers().map(({ address }) => address)).toEqual(['10.0.0.9', '2001:db8::9']);
    await successor.hold([VIP]);
    expect(kernel.changes.slice(2)).toEqual(['remove 2001:db8::9 3']);
    expect(kernel.texts()).toContain('10.0.0.9/32 2');
  });

  it('are held except those whose device is missing, which come with the device', async () => {
    const addresses = open();
    await expect(addresses.hold([VIP, vip('10.0.0.8', 'eth7')])).resolves.toBe(true);
    expect(addresses.held()).toEqual(['10.0.0.9']);
    expect(findings).toEqual(['10.0.0.8 cannot be held: there is no device eth7']);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(findings).toHaveLength(1);
    kernel.linkList = [...kernel.linkList, link(7, 'eth7')];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(addresses.held()).toEqual(['10.0.0.9', '10.0.0.8']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are tried again each 100 ms, and a problem is told once when it lasts', async () => {
    kernel.refused = ['10.0.0.9'];
    const addresses = open();
    const reached = addresses.hold([VIP, VIP6]);
    expect(addresses.held()).toEqual(['2001:db8::9']);
    await vi.advanceTimersByTimeAsync(800);
    expect(problems).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(problems).toEqual(['EPERM: be root']);
    expect(findings).toEqual([]);
    kernel.refused = [];
    await vi.advanceTimersByTimeAsync(100);
    await expect(reached).resolves.toBe(true);
    expect(addresses.held()).toEqual(['10.0.0.9', '2001:db8::9']);
  });

  it('outlast a kernel that does not answer', async () => {
    kernel.failure = new UserError('recv: EAGAIN', { code: 'ADDRESS_FAILED' });
    const reached = open().hold([VIP]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(problems).toEqual(['recv: EAGAIN']);
    kernel.failure = undefined;
    await vi.advanceTimersByTimeAsync(100);
    await expect(reached).resolves.toBe(true);
  });

  it('follow the last call; an earlier one that waits gets false', async () => {
    kernel.refused = ['10.0.0.9'];
    const addresses = open();
    const first = addresses.hold([VIP]);
    const second = addresses.hold([VIP6]);
    await expect(first).resolves.toBe(false);
    await expect(second).resolves.toBe(true);
    expect(addresses.held()).toEqual(['2001:db8::9']);
  });

  it('stay at the old device when the new one refuses', async () => {
    const addresses = open();
    await addresses.hold([VIP]);
    kernel.refused = ['10.0.0.9'];
    void addresses.hold([vip('10.0.0.9', 'eth1')]);
    expect(kernel.texts()).toContain('10.0.0.9/32 2');
    kernel.refused = [];
    await vi.advanceTimersByTimeAsync(100);
    expect(kernel.texts()).toEqual(['10.0.0.1/24 2', '10.0.0.9/32 3']);
  });

  it('are put back by restore(), at most each 20 ms', async () => {
    const addresses = open();
    addresses.restore();
    expect(kernel.changes).toEqual([]);
    await addresses.hold([VIP]);
    const changesBefore = kernel.changes.length;
    await vi.advanceTimersByTimeAsync(50);
    for (let count = 0; count < 3; count += 1) {
      kernel.list = kernel.list.filter(({ address }) => address !== '10.0.0.9');
      addresses.restore();
    }
    expect(kernel.changes).toHaveLength(changesBefore + 1);
    await vi.advanceTimersByTimeAsync(20);
    expect(kernel.changes).toHaveLength(changesBefore + 2);
    expect(kernel.texts()).toContain('10.0.0.9/32 2');
    expect(findings).toContain('10.0.0.9 was gone from eth0 and is put back');
  });

  it('leave alone what is not theirs, and say so', async () => {
    const addresses = open();
    await expect(addresses.hold([vip('10.0.0.1', 'eth0')])).resolves.toBe(true);
    expect(addresses.held()).toEqual(['10.0.0.1']);
    await addresses.hold([]);
    expect(kernel.texts()).toEqual(['10.0.0.1/24 2']);
    expect(findings).toEqual(['10.0.0.1/24 on eth0 was not added by pulse and is left alone']);
  });

  it('are not theirs when somebody else added them at the same moment', async () => {
    const addresses = open();
    const looked = kernel.addresses();
    vi.spyOn(kernel, 'addresses').mockImplementationOnce(() => looked);
    kernel.list = [...kernel.list, present(2, '10.0.0.9', 32)];
    await addresses.hold([VIP]);
    await addresses.hold([]);
    expect(kernel.texts()).toContain('10.0.0.9/32 2');
  });

  it('are told and left when the record is broken', async () => {
    kernel.list = [...kernel.list, present(2, '10.0.0.9', 32), present(1, '10.0.0.8', 32)];
    writeFileSync(heldFile, '{');
    const addresses = open();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('these may be ours and stay: 10.0.0.9 on eth0');
    expect(problems[0]).not.toContain('10.0.0.8');
    await addresses.hold([]);
    expect(kernel.texts()).toContain('10.0.0.9/32 2');
    expect(existsSync(heldFile)).toBe(false);
  });

  it('are added though the record cannot be written', async () => {
    writeFileSync(join(directory, 'file'), '');
    heldFile = join(directory, 'file', 'addresses');
    const addresses = open();
    await expect(addresses.hold([VIP])).resolves.toBe(true);
    expect(addresses.held()).toEqual(['10.0.0.9']);
    expect(problems.length).toBeGreaterThan(0);
    await addresses.hold([]);
    expect(kernel.texts()).toEqual(['10.0.0.1/24 2']);
  });

  it('stay when the process closes', async () => {
    const addresses = open();
    kernel.refused = ['10.0.0.8'];
    const waiting = addresses.hold([VIP, vip('10.0.0.8', 'eth0')]);
    addresses.close();
    await expect(waiting).resolves.toBe(false);
    expect(kernel.texts()).toContain('10.0.0.9/32 2');
    expect([kernel.isClosed, vi.getTimerCount()]).toEqual([true, 0]);
  });
});

describe('addresses of several groups', () => {
  it('come and go apart', async () => {
    const addresses = open();
    await addresses.hold([VIP], 'main');
    await addresses.hold([VIP6], 'post');
    expect(addresses.held()).toEqual(['10.0.0.9', '2001:db8::9']);
    await expect(addresses.hold([], 'main')).resolves.toBe(true);
    expect(kernel.texts()).toContain('2001:db8::9/128 3');
    expect(kernel.texts()).not.toContain('10.0.0.9/32 2');
  });

  it('wait for no other: what the kernel refuses keeps its own group waiting', async () => {
    const addresses = open();
    kernel.refused = ['10.0.0.9'];
    let isReached = false;
    void addresses.hold([VIP], 'main').then((reached) => {
      isReached = reached;
    });
    await expect(addresses.hold([VIP6], 'post')).resolves.toBe(true);
    expect(isReached).toBe(false);
    kernel.refused = [];
    await vi.advanceTimersByTimeAsync(200);
    expect(isReached).toBe(true);
  });

  it('may change together: one that goes from group to group is never taken away', async () => {
    const addresses = open();
    await addresses.hold([VIP, VIP6], 'main');
    kernel.changes.length = 0;
    await addresses.holdGroups(
      new Map([
        ['main', [VIP]],
        ['post', [VIP6]],
      ]),
    );
    expect(kernel.changes).toEqual([]);
  });
});
