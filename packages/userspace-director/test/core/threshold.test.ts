import { describe, expect, it } from 'vitest';
import { isOverThreshold } from '../../src/core/threshold.js';

describe('isOverThreshold', () => {
  it.each([
    ['no upper threshold', true, 1000, 0, 0, false],
    ['reached', false, 10, 10, 0, true],
    ['not reached', false, 9, 10, 0, false],
    ['not yet below three quarters', true, 8, 10, 0, true],
    ['below three quarters', true, 7, 10, 0, false],
    ['not yet below the lower', true, 3, 10, 3, true],
    ['below the lower', true, 2, 10, 3, false],
  ])('%s', (_, wasOver, connections, upperThreshold, lowerThreshold, isOver) => {
    expect(isOverThreshold(wasOver, connections, { upperThreshold, lowerThreshold })).toBe(isOver);
  });
});
