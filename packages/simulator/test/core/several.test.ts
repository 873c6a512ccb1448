import { describe, expect, it } from 'vitest';
import { groupOf } from '../../src/index.js';
import { firstFailureText, SETTINGS } from '../support.js';

const SEEDS = 40;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

describe('more than two simulated directors', LIMIT, () => {
  it.each([3, 4, 5])('%i of them keep every promise in fixed seeds', (count) => {
    expect(firstFailureText(groupOf(SETTINGS, count), 1, SEEDS)).toBeUndefined();
  });
});
