import { setProcessTitle, UserError } from '@piranha/common';
import {
  ALIVE_INTERVAL_MS,
  type AssignOrder,
  ControlClient,
  NANNY_ENVIRONMENT,
  type NannyEvents,
  type SharedNannyEvents,
} from '@piranha/protocol';
import { readAssignOrder, readBudgetOrder, readRevokeOrder } from '../../core/orders.js';
import { Outbox } from './outbox.js';
import { SharedServices } from './services.js';

/** lvsd is told how this process copes this often, ms. */
const LOAD_INTERVAL_MS = 1_000;
/** And how often a tenth of the real services is checked, this often, ms. */
const INTERVALS_INTERVAL_MS = 500;
const INTERVALS_PARTS = 10;

type Events = NannyEvents & SharedNannyEvents;

/**
 * The process that watches many real services, until a signal or the loss of lvsd ends it.
 * @param args `--shared N`: which one it is, for whoever looks at `ps`
 */
export async function runSharedNanny(args: readonly string[]): Promise<void> {
  const path = process.env[NANNY_ENVIRONMENT.socket];
  const id = process.env[NANNY_ENVIRONMENT.id] ?? '';
  if (path === undefined || path === '') {
    throw new UserError('nanny: a shared nanny watches what lvsd tells it to', {
      code: 'NANNY_SHARED_ALONE',
      hint: 'lvsd starts it; by hand, name one real service with -h and --lvs',
    });
  }
  setProcessTitle('nanny', args);
  const nanny = new SharedNanny(id);
  nanny.listenForSignals();
  await nanny.connect(path);
}

class SharedNanny {
  private client: ControlClient | undefined;
  private readonly services = new SharedServices(
    new Outbox((messages) => this.emit('nanny.batch', { id: this.id, messages })),
  );
  /** Orders are followed one after the other. */
  private orders: Promise<void> = Promise.resolve();

  constructor(private readonly id: string) {}

  async connect(path: string): Promise<void> {
    this.client = await ControlClient.connect({
      path,
      onEvent: (event, data) => this.order(event, data),
      onClose: () => this.end(),
    });
    const { id } = this;
    this.emit('nanny.hello', { id, pid: process.pid });
    setInterval(() => this.emit('nanny.alive', { id }), ALIVE_INTERVAL_MS);
    setInterval(() => this.emit('nanny.load', { id, ...this.services.load }), LOAD_INTERVAL_MS);
    setInterval(() => this.tellIntervals(), INTERVALS_INTERVAL_MS);
  }

  /** USR1, USR2 and HUP of a nanny of its own mean one real service. Of thousands nobody means all. */
  listenForSignals(): void {
    for (const [name, signal] of [
      ['SIGUSR1', 10],
      ['SIGUSR2', 12],
      ['SIGHUP', 1],
    ] as const) {
      process.on(name, () =>
        this.log('NANNY_SHARED_SIGNAL', { signal, services: this.services.load.services }),
      );
    }
    for (const [name, signal] of [
      ['SIGTERM', 15],
      ['SIGINT', 2],
    ] as const) {
      process.on(name, () => {
        this.log('NANNY_STOPPING', { signal });
        this.end();
      });
    }
  }

  private order(event: string, data: unknown): void {
    if (event === 'nanny.assign') {
      const order = readAssignOrder(data);
      if (order) this.orders = this.orders.then(() => this.assign(order));
      else this.log('NANNY_SHARED_ORDER_BAD', { order: event });
    } else if (event === 'nanny.budget') {
      const order = readBudgetOrder(data);
      if (order) this.services.setBudget(order.checksPerSecond);
      else this.log('NANNY_SHARED_ORDER_BAD', { order: event });
    } else if (event === 'nanny.revoke') {
      const order = readRevokeOrder(data);
      if (!order) this.log('NANNY_SHARED_ORDER_BAD', { order: event });
      // In the order in which they came, or what is revoked would be assigned after that.
      this.orders = this.orders.then(() => {
        for (const number of order?.numbers ?? []) this.services.revoke(number);
      });
    }
  }

  private async assign({ batch, targets }: AssignOrder): Promise<void> {
    const answers = await Promise.all(
      targets.map(async (target) => ({
        number: target.number,
        problem: await this.services.assign(target),
      })),
    );
    const refused = answers.flatMap(({ number, problem }) =>
      problem === undefined ? [] : [{ number, problem }],
    );
    this.emit('nanny.assigned', { id: this.id, batch, refused });
  }

  private tellIntervals(): void {
    const intervals = this.services.nextIntervals(INTERVALS_PARTS);
    if (intervals.length > 0) this.emit('nanny.intervals', { id: this.id, intervals });
  }

  private log(event: string, fields: Record<string, string | number>): void {
    this.emit('nanny.log', { id: this.id, event, fields });
  }

  private emit<Name extends keyof Events>(name: Name, data: Events[Name]): void {
    this.client?.emit(name, data);
  }

  private end(): void {
    void this.services.stop().then(() => process.exit(0));
  }
}
