import { monotonicNowMs } from '@piranha/common';
import type { EventFields, EventId, EventLog } from '@piranha/events';
import {
  emptyQueue,
  nextQueueTickMs,
  type QueuedProgram,
  type QueueEffect,
  type QueueEvent,
  type QueueState,
  stepQueue,
} from '../core/program-queue.js';
import { type PreparedProgram, type ProgramRequest, prepareProgram } from './prepare-program.js';
import { type RunningProgram, startProgram } from './run-program.js';
import { Stillness } from './stillness.js';

/** Programs that may wait; a minute each would keep them for most of a day. */
const MOST_WAITING = 1_000;

/** The log lines of a program's life. */
interface ProgramEvents {
  readonly started: EventId;
  readonly output: EventId;
  readonly ended: EventId;
  readonly failed: EventId;
}

export interface ProgramJob extends ProgramRequest {
  readonly limitMs: number;
  /** What root does with a program that somebody else may change. */
  readonly unsafe: 'refuse' | 'warn';
  readonly events: ProgramEvents;
  /** Fields of its log lines, beside program. */
  readonly fields: EventFields;
}

interface Entry extends ProgramJob, QueuedProgram {
  readonly done: () => void;
}

/** Runs programs one after another, each for a limited time. */
export class ProgramRunner {
  private state: QueueState<Entry> = emptyQueue();
  private running: RunningProgram | undefined;
  /** The running one was ended by its limit. */
  private timedOut = false;
  private timer: NodeJS.Timeout | undefined;
  private lastId = 0;
  private readonly idle = new Stillness();

  constructor(private readonly log: Pick<EventLog, 'log'>) {}

  /** Puts a program at the end of the queue; resolves when it has ended, was given up or dropped. Never rejects. */
  add(job: ProgramJob): Promise<void> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((done) => this.dispatch({ type: 'add', job: { ...job, id, done } }));
  }

  /** Resolves when nothing runs and nothing waits, or after the limit, with the number of programs that remain. */
  async settle(limitMs: number): Promise<number> {
    if (this.remaining > 0) await this.idle.within(limitMs);
    return this.remaining;
  }

  private get remaining(): number {
    return this.state.waiting.length + (this.state.running === undefined ? 0 : 1);
  }

  private dispatch(event: QueueEvent<Entry>): void {
    const { state, effects } = stepQueue(MOST_WAITING, this.state, event, monotonicNowMs());
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
    this.plan();
    if (this.remaining === 0) this.idle.reached();
  }

  private carryOut(effect: QueueEffect<Entry>): void {
    switch (effect.type) {
      case 'start':
        void this.start(effect.job);
        return;
      case 'signal':
        this.timedOut = true;
        this.running?.signal(effect.signal);
        return;
      case 'giveUp':
        this.fail(effect.job, 'it cannot be killed');
        effect.job.done();
        return;
      case 'drop':
        effect.job.done();
        return;
      case 'tellDropped':
        this.log.log('NOTIFY_DROPPED', { count: effect.count });
        return;
    }
  }

  private async start(job: Entry): Promise<void> {
    this.running = undefined;
    this.timedOut = false;
    const prepared = await prepareProgram(job);
    // Looking the user up may take longer than the program may.
    if (this.timedOut) this.fail(job, `it could not be started within ${job.limitMs} ms`);
    else await this.run(job, prepared);
    this.dispatch({ type: 'ended', id: job.id });
    job.done();
  }

  private async run(job: Entry, { options, unsafe, problem }: PreparedProgram): Promise<void> {
    if (options === undefined) return this.fail(job, problem ?? 'it cannot be run');
    if (unsafe !== undefined && job.unsafe === 'refuse') {
      this.log.log('NOTIFY_UNSAFE', { program: programOf(job), problem: unsafe, outcome: 'not run' });
      return;
    }
    if (unsafe !== undefined) {
      this.log.log('NOTIFY_RISKY', { program: programOf(job), problem: unsafe });
    }
    const program = startProgram(options);
    this.running = program;
    const fields = { ...job.fields, program: programOf(job) };
    if (program.pid !== undefined) this.log.log(job.events.started, fields);
    const ending = await program.ended;
    const current = this.state.running?.job.id === job.id;
    for (const line of ending.lines) this.log.log(job.events.output, { program: programOf(job), line });
    // One that was given up has been told of already.
    if (!current) return;
    if (this.timedOut) this.fail(job, `it ran longer than ${job.limitMs} ms and was killed`);
    else if (ending.problem !== undefined) this.fail(job, ending.problem);
    else this.log.log(job.events.ended, { ...fields, outcome: 'exit status 0' });
  }

  private fail(job: Entry, problem: string): void {
    this.log.log(job.events.failed, { ...job.fields, program: programOf(job), problem });
  }

  private plan(): void {
    clearTimeout(this.timer);
    const dueMs = nextQueueTickMs(this.state);
    if (dueMs === Infinity) return;
    const waitMs = Math.max(0, dueMs - monotonicNowMs());
    this.timer = setTimeout(() => this.dispatch({ type: 'tick' }), waitMs);
    this.timer.unref();
  }
}

/** Its path alone: arguments may be nobody's business. */
function programOf({ words }: ProgramJob): string {
  return words[0] ?? '';
}
