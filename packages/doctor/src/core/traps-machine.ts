import { error, type Trap, warning } from './trap.js';

/** Traps in the machine and in what the daemons say of themselves. */

const LOAD_PER_PROCESSOR = 2;
/** Beats that may be missing before it is told. */
const LATE_BEATS = 2;

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

const late: Trap = {
  code: 'DOCTOR_BEATS_LATE',
  title: 'heartbeats of the partner are missing on a path',
  look: ({ pulse }) => {
    if (pulse === undefined || pulse.partner === 'none') return [];
    const limitMs = LATE_BEATS * pulse.keepaliveMs;
    return pulse.paths.flatMap(({ name, local, partner, silentMs }) => {
      if (silentMs !== undefined && silentMs <= limitMs) return [];
      const since = silentMs === undefined ? 'never' : `not for ${(silentMs / 1_000).toFixed(1)} s`;
      const evidence = `${name} path, ${local} to ${partner}: the partner was heard ${since}`;
      return [warning(evidence, `is the partner up? tcpdump udp port 539 and host ${partner}`)];
    });
  },
};

const table: Trap = {
  code: 'DOCTOR_TABLE',
  title: 'the table is not what lvsd wants it to be',
  look: ({ lvsd }) =>
    (lvsd?.problems ?? []).map((problem) => error(problem, 'lvsctl status, and the log of lvsd')),
};

export const MACHINE_TRAPS: readonly Trap[] = [load, late, table];
