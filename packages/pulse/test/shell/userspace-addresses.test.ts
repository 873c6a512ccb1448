import type { ControlClient, VipAnswer } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserspaceAddresses } from '../../src/shell/userspace-addresses.js';

/** An ipvsu that cannot listen on some addresses. */
let refused: readonly string[];
let held: Set<string>;
const ipvsu = {
  call: async (method: string, params?: { addresses?: readonly string[] }): Promise<VipAnswer> => {
    const { addresses = [] } = params ?? {};
    for (const address of addresses) {
      if (method === 'vip.hold') held.add(address);
      if (method === 'vip.release') held.delete(address);
    }
    const problems = addresses.filter((address) => method === 'vip.hold' && refused.includes(address));
    return { held: [...held], problems };
  },
} as unknown as ControlClient;

beforeEach(() => {
  vi.useFakeTimers();
  [refused, held] = [['10.0.0.9'], new Set()];
});
afterEach(() => void vi.useRealTimers());

describe('addresses of the userspace director', () => {
  it('that a reload changes while they are being taken are still told as taken', async () => {
    const addresses = new UserspaceAddresses(
      () => ipvsu,
      () => undefined,
    );
    const answers: boolean[] = [];
    void addresses.hold(['10.0.0.9']).then((reached) => answers.push(reached));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answers).toEqual([]);
    addresses.change(['10.0.0.8']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answers).toEqual([true]);
    expect([...held]).toEqual(['10.0.0.8']);
  });

  it('that are to be put down instead are not', async () => {
    const addresses = new UserspaceAddresses(
      () => ipvsu,
      () => undefined,
    );
    const taken = addresses.hold(['10.0.0.9']);
    await vi.advanceTimersByTimeAsync(1_000);
    const dropped = addresses.hold([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await Promise.all([taken, dropped])).toEqual([false, true]);
    expect([...held]).toEqual([]);
  });
});
