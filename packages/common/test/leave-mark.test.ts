import { describe, expect, it } from 'vitest';
import { LeaveMark } from '../src/leave-mark.js';

describe('LeaveMark', () => {
  it('holds for ten seconds and is no wish before and after', () => {
    const mark = new LeaveMark();
    expect(mark.isSet(0)).toBe(false);
    mark.set(1_000);
    expect(mark.isSet(1_000)).toBe(true);
    expect(mark.isSet(10_999)).toBe(true);
    expect(mark.isSet(11_000)).toBe(false);
  });
});
