import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '@piranha/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OrderSharing } from '../../../src/shell/sync/order-sharing.js';
import { SyncListener } from '../../../src/shell/sync/sync-listener.js';
import type { SyncLine } from '../../../src/shell/sync/sync-tls.js';
import { arrayLog, drawnEnds, drawnSecret, ringOf } from '../../support/sync-ends.js';

/** A director whose lvsd keeps a set of words. */
class End {
  orders: readonly string[] = [];
  merges = 0;
  life: string | undefined = 'life';
  isThere = true;
  /** Comes before lvsd takes the partner's orders. */
  beforeMerge: () => void = () => undefined;
  readonly log = arrayLog();
  readonly sharing: OrderSharing;
  readonly listener: SyncListener;

  constructor(readonly line: SyncLine) {
    const lvsd = { call: async (method: string, params: unknown) => this.lvsd(method, params) };
    const host = {
      lvsd: () => (this.isThere ? lvsd : undefined),
      line: () => line,
      partnerLife: () => this.life,
    };
    this.sharing = new OrderSharing(host, this.log.log);
    this.listener = new SyncListener(this.log.log, ({ params }) => this.sharing.serve(params));
  }

  close(): void {
    this.sharing.stop();
    this.listener.close();
  }

  private lvsd(method: string, params: unknown): unknown {
    if (method === 'maintenance.merge') {
      const { orders } = params as { orders?: unknown };
      if (!Array.isArray(orders)) throw new UserError('another form', { code: 'CONTROL_BAD_PARAMS' });
      this.merges += 1;
      this.beforeMerge();
      this.orders = [...new Set([...this.orders, ...orders])].sort();
    }
    return { orders: this.orders };
  }
}

let primary: End;
let backup: End;

beforeEach(() => {
  const ends = drawnEnds(ringOf([1, drawnSecret()]));
  primary = new End(ends.primary);
  backup = new End(ends.backup);
});
afterEach(() => {
  primary.close();
  backup.close();
});

describe('orders about servers', () => {
  it('are known to both directors, whoever has which, and then nothing is said any more', async () => {
    primary.orders = ['a'];
    backup.orders = ['b'];
    await Promise.all([primary.listener.change(primary.line), backup.listener.change(backup.line)]);
    primary.sharing.start();
    await expect
      .poll(() => [primary.orders, backup.orders], { timeout: 5_000 })
      .toEqual([
        ['a', 'b'],
        ['a', 'b'],
      ]);
    backup.sharing.start();
    await pause(700);
    expect([primary.merges, backup.merges]).toEqual([1, 1]);
    expect([...primary.log.lines, ...backup.log.lines]).toEqual([]);
  });

  it('that are given while others are on their way follow them', async () => {
    primary.orders = ['drained'];
    primary.beforeMerge = () => {
      primary.orders = ['drained', 'undrained'];
    };
    await backup.listener.change(backup.line);
    primary.sharing.start();
    await expect.poll(() => backup.orders, { timeout: 10_000 }).toEqual(['drained', 'undrained']);
  }, 15_000);

  it('are not carried to a partner that is silent, and one that cannot take them is told once', async () => {
    primary.life = undefined;
    await backup.listener.change(backup.line);
    primary.sharing.start();
    await pause(700);
    expect([backup.merges, primary.log.lines]).toEqual([0, []]);
    backup.isThere = false;
    primary.life = 'life';
    await expect
      .poll(() => primary.log.lines, { timeout: 5_000 })
      .toEqual([['PULSE_ORDERS_NOT_SHARED', { problem: 'no lvsd runs on that director' }]]);
  });

  it('are refused where lvsd does not understand them', async () => {
    await expect(primary.sharing.serve({ other: 1 })).rejects.toMatchObject({ code: 'CONTROL_BAD_PARAMS' });
  });
});
