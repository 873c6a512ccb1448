import { describe, expect, it } from 'vitest';
import { OneAtATime } from '../../src/shell/one-at-a-time.js';

describe('OneAtATime', () => {
  it('begins nothing a second time while it is under way, and again when it is done', async () => {
    let begun = 0;
    let end: () => void = () => undefined;
    const work = new OneAtATime(() => {
      begun += 1;
      return new Promise((resolve) => {
        end = resolve;
      });
    });
    const first = work.request();
    void work.request();
    expect(begun).toBe(1);
    end();
    await first;
    void work.request();
    expect(begun).toBe(2);
  });
});
