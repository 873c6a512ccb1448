import { errorText, monotonicNowMs, UserError } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import {
  afterExchange,
  afterFailure,
  afterLook,
  type ExchangeState,
  NEVER_EXCHANGED,
  postponed,
} from '../../core/order-exchange.js';
import { callPartner } from './sync-call.js';
import type { SyncLine } from './sync-tls.js';

const TICK_MS = 500;
const EXCHANGE_LIMIT_MS = 20_000;
const LVSD_LIMIT_MS = 10_000;

export interface OrderHost {
  /** lvsd, where it is there. */
  readonly lvsd: () =>
    | { readonly call: (method: string, params: unknown, limitMs: number) => Promise<unknown> }
    | undefined;
  readonly line: () => SyncLine | undefined;
  /** The life in which the partner is heard; undefined where it is silent. */
  readonly partnerLife: () => string | undefined;
}

/**
 * Has both directors know what operators took out of service: whoever learns of a new order gives all of its own to the
 * partner, and takes what both make together. What an order is, lvsd knows; here it is only carried.
 */
export class OrderSharing {
  private state: ExchangeState = NEVER_EXCHANGED;
  private isBusy = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: OrderHost,
    private readonly log: EventLog,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.look(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** The partner's orders; gives what both make together. @throws UserError of lvsd, or where there is none */
  async serve(params: unknown): Promise<unknown> {
    const merged = await this.ask('maintenance.merge', params);
    const life = this.host.partnerLife();
    if (life !== undefined) this.agreed(merged, life);
    return merged;
  }

  private async look(): Promise<void> {
    const life = this.host.partnerLife();
    const line = this.host.line();
    if (this.isBusy || life === undefined || line === undefined || monotonicNowMs() < this.state.dueMs)
      return;
    this.isBusy = true;
    try {
      const own = await this.own();
      if (own === undefined) {
        this.state = postponed(this.state, monotonicNowMs());
        return;
      }
      const looked = afterLook(this.state, { orders: JSON.stringify(own), life }, monotonicNowMs());
      this.state = looked.state;
      if (looked.exchange) await this.exchange(line, own, life);
    } finally {
      this.isBusy = false;
    }
  }

  /** Undefined while there is no lvsd that could say. */
  private async own(): Promise<unknown> {
    try {
      return await this.ask('maintenance.record', {});
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return undefined;
    }
  }

  private async exchange(line: SyncLine, own: unknown, life: string): Promise<void> {
    try {
      const theirs = await callPartner(line, 'orders', own, EXCHANGE_LIMIT_MS);
      await this.ask('maintenance.merge', theirs);
      // What was sent, not what is known by now: an order that was given meanwhile is not with the partner.
      this.agreed(own, life);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const failed = afterFailure(this.state, monotonicNowMs());
      this.state = failed.state;
      if (failed.news) this.log.log('PULSE_ORDERS_NOT_SHARED', { problem: errorText(error) });
    }
  }

  private agreed(orders: unknown, life: string): void {
    const view = { orders: JSON.stringify(orders), life };
    const { state, news } = afterExchange(this.state, view, monotonicNowMs());
    this.state = state;
    if (news) this.log.log('PULSE_ORDERS_SHARED');
  }

  private async ask(method: string, params: unknown): Promise<unknown> {
    const lvsd = this.host.lvsd();
    if (lvsd === undefined) {
      throw new UserError('no lvsd runs on that director', {
        code: 'PULSE_NO_LVSD',
        hint: 'a cold standby learns of orders when it serves',
      });
    }
    return lvsd.call(method, params, LVSD_LIMIT_MS);
  }
}
