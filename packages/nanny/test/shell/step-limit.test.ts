import { getEventListeners, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
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
    ['the limit', 'timed out', () => {}, () => vi.advanceTimersByTime(1_000).advanceTimersToNextTimer()],
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

describe('limitStep in a process that was held up', () => {
  it('takes what came in time, though the timer is due first', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [[peer]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
      [Socket],
      [],
    ];

    peer.write('answer');
    const step = limitStep<string>(5, new AbortController().signal, (settle) =>
      client.once('data', (data) => settle(String(data))),
    );
    const heldUpMs = 20;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, heldUpMs);
    expect(await step).toBe('answer');

    client.destroy();
    server.close();
  });
});
