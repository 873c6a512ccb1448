import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import type { AddressChange, ChangeResult, InterfaceAddress } from '@piranha/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TakeoverSettings } from '../../src/core/takeover.js';
import { KernelAddresses, type RouteTable } from '../../src/shell/kernel-addresses.js';
import { KernelGroups } from '../../src/shell/kernel-groups.js';
import { Takeover } from '../../src/takeover/takeover.js';
import { applyChange, link } from '../support/network.js';

/** Groups with the takeover and the addresses that they have in a running pulse, and a kernel in memory. */

const service = (name: string, address: string) => ({
  name,
  active: true,
  address: { address, device: 'eth0' },
  servers: [],
});
const APART = {
  virtualServers: [service('web', '10.0.0.8'), service('mail', '10.0.0.9')],
  network: 'direct',
  vipGroups: [{ name: 'post', preferred: 'backup', virtuals: ['mail'], line: 1, natRouter: undefined }],
} as unknown as LvsConfiguration;
const SETTINGS: TakeoverSettings = {
  failoverState: 'none',
  syncInterface: 'eth0',
  syncId: 0,
  resetGuard: false,
  manageSysctls: false,
  hasIpvs: false,
  forwardsNat: false,
};

let directory: string;
let changes: string[];
let refused: string[];
let present: readonly InterfaceAddress[];
let open: KernelAddresses[];

const route: RouteTable = {
  links: () => [link(2, 'eth0')],
  addresses: () => present,
  change: (all: readonly AddressChange[]): readonly ChangeResult[] =>
    all.map((change) => {
      changes.push(`${change.type} ${change.address.address}`);
      if (refused.includes(change.address.address))
        return { outcome: 'failed', error: new UserError('EPERM', { code: 'EPERM', hint: '' }) };
      const { addresses, result } = applyChange(present, change);
      present = addresses;
      return result;
    }),
  close: () => undefined,
};

interface Process {
  readonly groups: KernelGroups;
  readonly takeover: Takeover;
}

/** A pulse that has just started. */
function begin(): Process {
  const addresses = new KernelAddresses({
    heldFile: join(directory, 'held'),
    route,
    onProblem: () => undefined,
    onFinding: () => undefined,
  });
  open.push(addresses);
  const parts = { addresses, announcements: () => ({ announce: () => 0, stopRepeats: () => undefined }) };
  const takeover: Takeover = new Takeover(
    {
      sysctls: { read: () => new Map(), recorded: false },
      hold: () => groups.reconcile(),
      drop: () => groups.reconcile(),
      announce: () => groups.announce(),
      log: { log: () => undefined },
    } as never,
    SETTINGS,
  );
  const groups: KernelGroups = new KernelGroups({ ...parts, takeover: () => takeover } as never, APART);
  return { groups, takeover };
}

beforeEach(() => {
  vi.useFakeTimers();
  directory = mkdtempSync(join(tmpdir(), 'kernel-groups-'));
  [changes, refused, present, open] = [[], [], [], []];
});
afterEach(() => {
  for (const addresses of open) addresses.close();
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

describe('groups, with the takeover around them', () => {
  it('are put down at a stop also where this director has none of them', async () => {
    const { groups, takeover } = begin();
    await takeover.standby('started');
    const dropped = Promise.all([groups.drop('stopping', 'main'), groups.drop('stopping', 'post')]);
    await vi.advanceTimersByTimeAsync(10_000);
    const late = new Promise((resolve) => queueMicrotask(() => queueMicrotask(() => resolve('never'))));
    expect(await Promise.race([dropped, late])).toEqual([true, true]);
  });

  it('stay where they are when a killed pulse is followed by another one', async () => {
    const first = begin();
    await Promise.all([first.groups.take('boot', 'main'), first.groups.take('partner dead', 'post')]);
    changes = [];
    const { groups } = begin();
    groups.expect(['main', 'post']);
    const taken = [groups.take('adopted', 'main'), groups.take('adopted', 'post')];
    expect(await Promise.all(taken)).toEqual([true, true]);
    expect(changes).toEqual([]);
  });

  it('are not put down before the kernel has done it, whatever another group does meanwhile', async () => {
    const { groups } = begin();
    await Promise.all([groups.take('boot', 'main'), groups.take('boot', 'post')]);
    refused = ['10.0.0.9'];
    let isDown = false;
    void groups.drop('partner took over', 'post').then(() => {
      isDown = true;
    });
    void groups.take('again', 'main');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(isDown).toBe(false);
    refused = [];
    await vi.advanceTimersByTimeAsync(2_000);
    expect(isDown).toBe(true);
  });

  it('are defended where they are, and not where they could not be added: the partner may serve them', async () => {
    refused = ['10.0.0.9'];
    const { groups } = begin();
    void groups.take('boot', 'post');
    await groups.take('boot', 'main');
    expect(groups.defended('10.0.0.9')).toEqual([]);
    expect(groups.defended('10.0.0.8').map(({ address }) => address)).toEqual(['10.0.0.8']);
    refused = [];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(groups.defended('10.0.0.9').map(({ address }) => address)).toEqual(['10.0.0.9']);
  });
});
