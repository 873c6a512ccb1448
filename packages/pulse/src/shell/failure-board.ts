import type { EventLog } from '@piranha/events';
import type { LinkProblem } from '../core/link-state.js';
import type { PulseEvent } from '../core/types.js';

/** Collects what of this node is broken and tells the state machine of the whole. */
export class FailureBoard {
  private readonly broken = new Set<string>();
  private lost: readonly LinkProblem[] = [];
  private isOpen = false;

  constructor(private readonly dispatch: (event: PulseEvent) => void) {}

  /** The state machine is there: from now on it is told, at once of what there is. */
  open(): void {
    this.isOpen = true;
    if (this.broken.size + this.lost.length > 0) this.tell();
  }

  /** A child of ours does not stay up, or does again. */
  child(name: string, broken: boolean): void {
    if (broken) this.broken.add(`${name} does not stay up`);
    else this.broken.delete(`${name} does not stay up`);
    this.tell();
  }

  /** The lost links are these and no others. */
  links(problems: readonly LinkProblem[], log: EventLog): void {
    for (const problem of problems.filter((one) => !this.lost.includes(one))) {
      log.log('PULSE_LINK_DOWN', { nic: problem.split(' ')[0] });
    }
    if (this.lost.length === 0 && problems.length > 0) log.log('PULSE_LINK_DISABLED');
    if (this.lost.length > 0 && problems.length === 0) log.log('PULSE_LINK_ENABLED');
    this.lost = problems;
    this.tell();
  }

  private tell(): void {
    if (!this.isOpen) return;
    const all = [...this.lost, ...this.broken];
    if (all.length === 0) this.dispatch({ type: 'localRecovered' });
    else this.dispatch({ type: 'localFailure', what: all.join('; '), disables: this.lost.length > 0 });
  }
}
