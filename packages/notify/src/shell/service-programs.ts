import type { EventLog } from '@piranha/events';
import {
  addServiceProgram,
  endServiceProgram,
  NO_SERVICE_PROGRAMS,
  type ServiceQueue,
} from '../core/service-queue.js';
import { type ProgramJob, ProgramRunner } from './program-runner.js';
import { Stillness } from './stillness.js';

/** Runs the programs of services, each service's beside those of the others. */
export class ServicePrograms {
  private queue: ServiceQueue<ProgramJob> = NO_SERVICE_PROGRAMS;
  private readonly idle = new Stillness();

  constructor(private readonly log: Pick<EventLog, 'log'>) {}

  add(service: string, job: ProgramJob): void {
    const { superseded, ...step } = addServiceProgram(this.queue, service, job);
    if (superseded !== undefined)
      this.log.log('NOTIFY_SUPERSEDED', { ...superseded.fields, program: superseded.words[0] ?? '' });
    this.take(step);
  }

  /** Resolves when nothing runs and nothing waits, or after the limit, with the number of programs that remain. */
  async settle(limitMs: number): Promise<number> {
    if (this.remaining > 0) await this.idle.within(limitMs);
    return this.remaining;
  }

  private get remaining(): number {
    return this.queue.waiting.size + this.queue.running.size;
  }

  private take({ queue, start }: Omit<ReturnType<typeof endServiceProgram<ProgramJob>>, 'superseded'>): void {
    this.queue = queue;
    for (const [service, job] of start) {
      const runner = new ProgramRunner(this.log);
      void runner.add(job).then(() => this.take(endServiceProgram(this.queue, service)));
    }
    if (this.remaining === 0) this.idle.reached();
  }
}
