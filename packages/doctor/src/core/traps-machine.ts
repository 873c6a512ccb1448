import { type Trap, warning } from './trap.js';

/** Traps in the machine and its clock. */

const LOAD_PER_PROCESSOR = 2;

const load: Trap = {
  code: 'DOCTOR_LOAD',
  title: 'a machine with too much work sends and hears its heartbeats late',
  look: ({ load: average, processors }) =>
    average > LOAD_PER_PROCESSOR * processors
      ? [
          warning(
            `load ${average.toFixed(1)} on ${processors} processors`,
            'move the other work away, or raise deadtime',
          ),
        ]
      : [],
};

const KEEP_TIME = 'run chronyd, ntpd or systemd-timesyncd';

const unsynchronised: Trap = {
  code: 'DOCTOR_CLOCK_FREE',
  title: 'a clock that nothing keeps right: the logs of the two directors do not fit together',
  look: ({ clock }) =>
    clock?.isSynchronised === false
      ? [warning('the kernel was not told that its clock is synchronised', KEEP_TIME)]
      : [],
};

/** Less hardly confuses a reader of logs. */
const STEP_MS = 10_000;

const stepped: Trap = {
  code: 'DOCTOR_CLOCK_STEPPED',
  title: 'a clock that was set while pulse ran: times in logs before and after do not fit together',
  look: ({ clock }) => {
    const step = clock?.steppedMs ?? 0;
    if (Math.abs(step) < STEP_MS) return [];
    const way = step > 0 ? 'forward' : 'back';
    const slept = step > 0 ? ', or the machine slept that long' : '';
    const evidence = `since pulse started the clock was set ${way} by ${seconds(step)}${slept}`;
    return [warning(evidence, `${KEEP_TIME} before pulse; pulse itself goes by another clock`)];
  },
};

const MOST_APART_MS = 1_000;

const apart: Trap = {
  code: 'DOCTOR_CLOCK_PARTNER',
  title: "the partner's clock shows another time",
  notInLab: 'its two directors share one kernel, and so one clock',
  look: ({ clock }) => {
    const ahead = clock?.partnerAheadMs ?? 0;
    if (Math.abs(ahead) < MOST_APART_MS) return [];
    const way = ahead > 0 ? 'ahead of' : 'behind';
    return [warning(`the partner's clock is ${seconds(ahead)} ${way} this one`, `${KEEP_TIME} on both`)];
  },
};

function seconds(milliseconds: number): string {
  return `${(Math.abs(milliseconds) / 1_000).toFixed(1)} s`;
}

export const MACHINE_TRAPS: readonly Trap[] = [load, unsynchronised, stepped, apart];
