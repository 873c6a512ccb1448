import { describe, expect, it } from 'vitest';
import { FreshValue } from '../src/fresh-value.js';

describe('FreshValue', () => {
  it('reads once for all who ask while it is fresh or being read', async () => {
    let nowMs = 0;
    let readings = 0;
    let finish: (value: number) => void = () => undefined;
    const fresh = new FreshValue<number>(100, () => nowMs);
    const read = () => {
      readings += 1;
      return new Promise<number>((resolve) => {
        finish = resolve;
      });
    };
    const first = fresh.get(read);
    nowMs = 5_000;
    const second = fresh.get(read);
    finish(7);
    expect([await first, await second]).toEqual([7, 7]);
    nowMs = 5_099;
    expect(await fresh.get(read)).toBe(7);
    expect(readings).toBe(1);
    nowMs = 5_100;
    const third = fresh.get(read);
    finish(8);
    expect(await third).toBe(8);
    expect(readings).toBe(2);
  });

  it('tells a failure to those who waited for it, and reads again for the next', async () => {
    const fresh = new FreshValue<number>(100, () => 0);
    await expect(fresh.get(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await fresh.get(() => Promise.resolve(1))).toBe(1);
  });
});
