import { limitStep, type StepLimits } from '../step-limit.js';
import { CheckFailure } from './connection.js';

type Reading<Value> = { readonly value: Value } | { readonly error: unknown };

/**
 * Files that checks read, within the limit of a step. A file system that hangs holds a thread of the few that a process
 * has: there is never more than one look at a file at a time, and who waits for it does so for a while only.
 */
export class FileReads<Value> {
  private readonly underWay = new Map<string, Promise<Reading<Value>>>();

  constructor(private readonly look: (path: string) => Promise<Value>) {}

  /** @throws CheckFailure when there is no answer in time, or nobody wants it any more; what looking throws */
  async read(path: string, { limitMs, signal }: StepLimits): Promise<Value> {
    const reading = this.underWay.get(path) ?? this.begin(path);
    const result = await limitStep<Reading<Value>>(limitMs, signal, (settle) => {
      void reading.then(settle);
    });
    if (result === 'cancelled') throw new CheckFailure(result);
    if (result === 'timed out') throw new CheckFailure(`${path}: no answer in time`);
    if ('error' in result) throw result.error;
    return result.value;
  }

  private begin(path: string): Promise<Reading<Value>> {
    const reading = this.look(path)
      .then((value) => ({ value }))
      .catch((error: unknown) => ({ error }))
      .finally(() => this.underWay.delete(path));
    this.underWay.set(path, reading);
    return reading;
  }
}

/** What is said of a file that cannot be read. */
export function unreadable(path: string, { problem }: { readonly problem: string }): CheckFailure {
  return new CheckFailure(`cannot read ${path}: ${problem}`, { code: problem });
}
