import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limitStep } from '../../src/shell/step-limit.js';

describe('limitStep', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['its value', 'done', (settle: (value: string) => void) => settle('done'), () => {}],
    ['the limit', 'timed out', () => {}, () => vi.advanceTimersByTime(1_000)],
    ['an abort', 'cancelled', () => {}, (controller: AbortController) => controller.abort()],
  ])('ends with %s and leaves no timer or listener', async (_, expected, begin, then) => {
    const controller = new AbortController();
    const step = limitStep<string>(1_000, controller.signal, begin);
    then(controller);
    expect(await step).toBe(expected);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('does not begin after an abort', async () => {
    const begin = vi.fn();
    expect(await limitStep(1_000, AbortSignal.abort(), begin)).toBe('cancelled');
    expect(begin).not.toHaveBeenCalled();
  });
});
