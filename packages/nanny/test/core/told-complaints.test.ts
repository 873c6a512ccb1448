import { describe, expect, it } from 'vitest';
import { type CheckOutcome, failed, passed } from '../../src/check.js';
import { NOTHING_TOLD, tellComplaint } from '../../src/core/told-complaints.js';

const server = '10.0.0.1:80';
const GOOD = passed('connected');
const bad = (what: string): CheckOutcome => failed('NANNY_CHECK_FAILED', { check: 'http', server, what });

/** The lines of checks, one a second. @param decides which of them change the server's state */
function lines(outcomes: readonly CheckOutcome[], decides: (second: number) => boolean = () => false) {
  let told = NOTHING_TOLD;
  return outcomes.flatMap((outcome, second) => {
    const step = tellComplaint(told, outcome, decides(second), second * 1_000);
    told = step.told;
    const { what, untold } = step.line?.fields ?? {};
    return step.line === undefined ? [] : [`${second} ${what}${untold === undefined ? '' : ` +${untold}`}`];
  });
}
const seconds = (count: number, outcomeAt: (second: number) => CheckOutcome) =>
  Array.from({ length: count }, (_, second) => outcomeAt(second));

describe('the complaints of a check', () => {
  it('are told once for a long outage', () => {
    expect(lines(seconds(1_000, () => bad('reset')))).toEqual(['0 reset']);
  });

  it('are told once a minute where good and bad checks take turns', () => {
    expect(lines(seconds(121, (second) => (second % 2 === 0 ? bad('reset') : GOOD)))).toEqual([
      ...['0 reset', '60 reset +29', '120 reset +29'],
    ]);
  });

  it('are few a minute, and counted, where a server makes up another one each time', () => {
    expect(lines(seconds(70, (second) => bad(`answer ${second}`)))).toEqual([
      ...['0 answer 0', '1 answer 1', '2 answer 2', '3 answer 3'],
      ...['60 answer 60 +56', '61 answer 61', '62 answer 62', '63 answer 63'],
    ]);
  });

  it('are always told where they are the reason of a change', () => {
    const flapping = seconds(10, (second) => (second % 2 === 0 ? bad('reset') : GOOD));
    expect(lines(flapping, () => true)).toEqual([...[0, 2, 4, 6, 8].map((second) => `${second} reset`)]);
  });
});
