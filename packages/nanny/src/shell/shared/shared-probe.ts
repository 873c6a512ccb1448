import { monotonicNowMs } from '@piranha/common';
import type { CheckComplaint } from '../../check.js';
import type { Verdict } from '../../core/check-loop.js';
import { ReportFilter } from '../../core/report-filter.js';
import type { CheckReport, Reporter } from '../reporter.js';
import { NannyRunner } from '../runner.js';
import type { Watch } from '../watch.js';
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

  constructor(
    readonly key: string,
    watch: Watch,
    control: ProbeControl,
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
    const { last } = this;
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

  stop(): Promise<void> {
    return this.runner.stop();
  }

  private toAll(): Reporter {
    const each = (tell: (member: Member) => void) => {
      for (const member of this.members.values()) tell(member);
    };
    return {
      log: (line: CheckComplaint) => each(({ reporter }) => reporter.log(line)),
      result: (report) => {
        this.last = report;
        each((member) => tellResult(member, report));
      },
      transition: (up, reason) => each(({ reporter }) => reporter.transition(up, reason)),
    };
  }
}

function tellResult({ filter, reporter }: Member, report: CheckReport): void {
  if (filter.isNews(report, monotonicNowMs())) reporter.result(report);
}
