import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WheelDriver } from '../../../src/shell/shared/wheel-driver.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** Alarms that write down when they were due and when they went off, from now. */
function start() {
  const startMs = nowMs();
  const driver = new WheelDriver();
  const heard: string[] = [];
  const alarm = (name: string, act: () => void = () => {}) => {
    const wakeUp = driver.wakeUp((dueMs) => heard.push(`${name} due ${dueMs - startMs}`));
    const set = (afterMs: number) =>
      wakeUp.set(startMs + afterMs, () => {
        heard.push(`${name} at ${nowMs() - startMs}`);
        act();
      });
    return { set, clear: wakeUp.clear };
  };
  return { driver, heard, alarm };
}

it('an alarm goes off once, when it was set for last', () => {
  const { heard, alarm } = start();
  const one = alarm('one');
  one.set(50);
  one.set(20);
  vi.advanceTimersByTime(3_000);
  expect(heard).toEqual(['one due 20', 'one at 20']);
});

it('alarms go off one after the other, none before its time', () => {
  const { heard, alarm } = start();
  for (const dueMs of [30, 10, 2_000]) alarm(`${dueMs}`).set(dueMs);
  vi.advanceTimersByTime(3_000);
  expect(heard.filter((line) => line.includes(' at '))).toEqual(['10 at 10', '30 at 30', '2000 at 2000']);
});

it('an alarm that another one of the same turn clears or sets anew does not go off', () => {
  const { heard, alarm } = start();
  const cleared = alarm('cleared');
  const later = alarm('later');
  const first = alarm('first', () => {
    cleared.clear();
    later.set(100);
  });
  // All of them are due by the time of the turn.
  first.set(9.1);
  cleared.set(9.2);
  later.set(9.3);
  vi.advanceTimersByTime(3_000);
  expect(heard.filter((line) => line.includes(' at '))).toEqual(['first at 10', 'later at 100']);
});

it('no alarm goes off after the stop', () => {
  const { driver, heard, alarm } = start();
  const one = alarm('one');
  one.set(10);
  driver.stop();
  one.set(20);
  vi.advanceTimersByTime(3_000);
  expect(heard).toEqual([]);
});
