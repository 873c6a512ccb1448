import { describe, expect, it } from 'vitest';
import { type LabMessage, printMessage, readMessage } from '../../src/kernel/console.js';

describe('messages on the console of the lab kernel', () => {
  it.each<LabMessage>([
    { type: 'started', title: 'a title with "quotes"' },
    { type: 'result', title: 'one', ok: false, durationMs: 12, problem: 'two\nlines' },
    { type: 'broken', problem: 'why' },
    { type: 'done' },
  ])('%j is read as it was printed, on one line', (message) => {
    const line = printMessage(message);
    expect(line).not.toContain('\n');
    expect(readMessage(line)).toEqual(message);
    // The kernel may have begun the line with something of its own.
    expect(readMessage(`[    1.0] ${line}`)).toEqual(message);
  });

  it.each(['', 'IPVS: rr: no destination available', '@lab {broken', '@la'])('%j is chatter', (line) => {
    expect(readMessage(line)).toBeUndefined();
  });
});
