import { errorText, monotonicNowMs } from '@piranha/common';
import type { Assignment, ProbeLoad } from '@piranha/protocol';
import type { Verdict } from '../../core/check-loop.js';
import { SERVICE_LIMIT } from '../../core/orders.js';
import { StartSpread } from '../../core/start-spread.js';
import { type Emit, eventReporter } from '../lvsd-reporter.js';
import { type NannyOptions, readCommandLine } from '../options.js';
import { prepareWatch, probeKey, type Watch } from '../watch.js';
import type { Outbox } from './outbox.js';
import { ProbeControl } from './probe-control.js';
import { newMember, SharedProbe } from './shared-probe.js';

type IntervalOf = readonly [number: number, intervalMs: number];

/** The real services that are assigned to this process, and the probes that watch them. */
export class SharedServices {
  private readonly control = new ProbeControl();
  private readonly spread = new StartSpread();
  /** By number of the assignment; undefined while it is being worked out. */
  private readonly assigned = new Map<number, SharedProbe | undefined>();
  private readonly probes = new Map<string, SharedProbe>();
  /** Assignments whose intervals are still to be told in this round. */
  private untold = this.assigned.entries();

  constructor(private readonly outbox: Outbox) {}

  /** @returns why it cannot be watched; undefined when it is */
  async assign(assignment: Assignment): Promise<string | undefined> {
    const { number } = assignment;
    if (this.assigned.has(number)) return 'it is assigned already';
    if (this.assigned.size >= SERVICE_LIMIT) return `more than ${SERVICE_LIMIT} real services`;
    this.assigned.set(number, undefined);
    try {
      await this.watch(assignment);
      return undefined;
    } catch (error) {
      this.assigned.delete(number);
      return errorText(error);
    }
  }

  revoke(number: number): void {
    const probe = this.assigned.get(number);
    this.assigned.delete(number);
    if (!probe) return;
    probe.leave(number);
    if (!probe.isUnwanted) return;
    this.probes.delete(probe.key);
    void probe.stop();
  }

  get load(): ProbeLoad {
    return { services: this.assigned.size, probes: this.probes.size, ...this.control.load };
  }

  /** @param checksPerSecond of this process together; undefined = no limit */
  setBudget(checksPerSecond: number | undefined): void {
    this.control.setBudget(checksPerSecond);
  }

  /**
   * From begin to begin of the last two checks, by assignment, ms, of the next part of all; those that had no two are
   * left out. To tell of thousands at once would hold up checks.
   * @param parts in so many calls all are told of, in their order
   */
  nextIntervals(parts: number): readonly IntervalOf[] {
    const most = Math.ceil(this.assigned.size / parts);
    const intervals: IntervalOf[] = [];
    for (let count = 0; count < most; count += 1) {
      const { value, done } = this.untold.next();
      if (done) {
        this.untold = this.assigned.entries();
        break;
      }
      const [number, probe] = value;
      if (probe?.intervalMs !== undefined) intervals.push([number, probe.intervalMs]);
    }
    return intervals;
  }

  /** Ends all probes and waits until they have cleaned up. */
  async stop(): Promise<void> {
    this.control.stop();
    await Promise.all([...this.probes.values()].map((probe) => probe.stop()));
  }

  private async watch({ number, id, words, state, checks }: Assignment): Promise<void> {
    const options = readCommandLine(words, checks);
    if (options === 'help' || options === 'version' || 'shared' in options) {
      throw new Error('the command line names no real service');
    }
    const key = probeKey(options);
    const watch = await prepareWatch(options);
    // It was revoked meanwhile.
    if (!this.assigned.has(number)) return;
    const emit: Emit = (name, data) => this.outbox.push(number, name, data);
    const member = newMember(eventReporter(emit, id, options.verbose), state);
    for (const line of watch.lines) member.reporter.log(line);
    let probe = this.probes.get(key);
    const isNew = probe === undefined;
    if (!probe) {
      probe = new SharedProbe(key, watch, this.control, state, this.startMs(state, options, watch));
      this.probes.set(key, probe);
    }
    this.assigned.set(number, probe);
    probe.join(number, member);
    if (isNew) await probe.weigh(options, watch);
  }

  /** Known servers are scattered over an interval by the spread, or a death of this process would cost a second one. */
  private startMs(known: Verdict, { watch: { warmupMs } }: NannyOptions, { policy }: Watch): number {
    const startMs = this.spread.startMs(policy.intervalMs, monotonicNowMs());
    return known === 'unknown' ? startMs + Math.random() * warmupMs : startMs;
  }
}
