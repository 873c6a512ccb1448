import { monotonicNowMs } from '@piranha/common';
import type { WeightReading } from '@piranha/protocol';
import type { CheckComplaint } from '../../check.js';
import type { Verdict } from '../../core/check-loop.js';
import { ReportFilter } from '../../core/report-filter.js';
import type { NannyOptions } from '../options.js';
import type { Repeating } from '../repeating.js';
import type { CheckReport, Reporter } from '../reporter.js';
import { NannyRunner } from '../runner.js';
import type { Watch } from '../watch.js';
import { startWeightWatches } from '../weight-watches.js';
import type { ProbeControl } from './probe-control.js';

/** One real service of one virtual service, as lvsd knows it. */
export interface Member {
  readonly reporter: Reporter;
  readonly known: Verdict;
  readonly filter: ReportFilter;
}

/** A member that has told nothing yet. */
export function newMember(reporter: Reporter, known: Verdict): Member {
  return { reporter, known, filter: new ReportFilter() };
}

/** One probe with everybody who wants to know its verdict: a real service behind many addresses is checked once. */
export class SharedProbe {
  private readonly members = new Map<number, Member>();
  private readonly runner: NannyRunner;
  private last: CheckReport | undefined;
  /** From begin to begin of the last two checks, ms; undefined before the second. */
  intervalMs: number | undefined;
  /** The weight that the check asked for last. */
  private asked: WeightReading | undefined;
  private readonly weights: Repeating[] = [];
  private stopped = false;

  constructor(
    readonly key: string,
    watch: Watch,
    private readonly control: ProbeControl,
    known: Verdict,
    startMs: number,
  ) {
    const { wakeUp, check } = control.admission(watch);
    this.runner = new NannyRunner(watch.policy, check, this.toAll(), known, wakeUp);
    wakeUp.set(startMs, () => this.runner.handle({ type: 'start' }));
    this.server = watch.policy.server;
  }

  private readonly server: string;

  get isUnwanted(): boolean {
    return this.members.size === 0;
  }

  /** Whoever comes later is told at once what is known. */
  join(number: number, member: Member): void {
    this.members.set(number, member);
    const { last, asked } = this;
    if (asked) member.reporter.reading(asked);
    if (!last) return;
    tellResult(member, last);
    const verdict: Verdict = last.up ? 'up' : 'down';
    if (verdict === member.known) return;
    const down = member.known === 'up' ? 'NANNY_SERVER_DOWN' : 'NANNY_SERVER_DOWN_AT_START';
    member.reporter.log({ event: last.up ? 'NANNY_SERVER_UP' : down, fields: { server: this.server } });
    member.reporter.transition(last.up, last.reason);
  }

  leave(number: number): void {
    this.members.delete(number);
  }

  /** Starts what moves the weight beside the check. */
  async weigh(options: NannyOptions, { policy }: Watch): Promise<void> {
    const { weightGates } = this.control;
    const weights = await startWeightWatches(options, policy, this.runner, this.toAll(), weightGates);
    this.weights.push(...weights);
    if (this.stopped) await this.stop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([this.runner.stop(), ...this.weights.map((weight) => weight.stop())]);
  }

  private toAll(): Reporter {
    const each = (tell: (member: Member) => void) => {
      for (const member of this.members.values()) tell(member);
    };
    return {
      log: (line: CheckComplaint) => each(({ reporter }) => reporter.log(line)),
      result: ({ ok, reason, durationMs, up, intervalMs }) => {
        this.intervalMs = intervalMs ?? this.intervalMs;
        // How late it began is told of all probes together.
        const report = { ok, reason, durationMs, up };
        this.last = report;
        each((member) => tellResult(member, report));
      },
      transition: (up, reason) => each(({ reporter }) => reporter.transition(up, reason)),
      reading: (reading) => {
        if (reading.kind === 'check') this.asked = reading;
        each(({ reporter }) => reporter.reading(reading));
      },
    };
  }
}

function tellResult({ filter, reporter }: Member, report: CheckReport): void {
  if (filter.isNews(report, monotonicNowMs())) reporter.result(report);
}
