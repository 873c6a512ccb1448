import { expect, it } from 'vitest';
import { Cancellation } from '../../src/shell/cancellation.js';

it('a cancellation tells each who listens then, once', () => {
  const cancellation = new Cancellation();
  const told: string[] = [];
  const leaver = () => told.push('leaver');
  const first = () => {
    told.push('first');
    cancellation.removeEventListener('abort', first);
  };
  for (const listener of [leaver, first, () => told.push('second')])
    cancellation.addEventListener('abort', listener);
  cancellation.removeEventListener('abort', leaver);
  expect([cancellation.aborted, told]).toEqual([false, []]);
  cancellation.abort();
  cancellation.abort();
  expect([cancellation.aborted, told]).toEqual([true, ['first', 'second']]);
});
