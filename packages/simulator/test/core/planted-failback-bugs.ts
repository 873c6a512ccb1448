import type { Bug } from './planted-bugs.js';

/** Faults in the return of the addresses to the director that is preferred for them. */
export const FAILBACK_BUGS: Readonly<Record<string, Bug>> = {
  'the addresses go back at once': ({ stepFailback }) => ({
    stepFailback: (words, ...rest) => stepFailback({ ...words, failbackHoldMs: 0 }, ...rest),
  }),
  'they go back to a director that says it is not fit': ({ stepFailback }) => ({
    stepFailback: (words, ...rest) => stepFailback({ ...words, failback: 'always' }, ...rest),
  }),
  'they go back over and over: both take themselves for the other one': ({ stepFailback }) => ({
    stepFailback: (words, settings, state, views, before, nowMs) => {
      const other = { ...settings, role: 'backup' as const, preferred: false };
      return stepFailback(words, other, state, views, { ...before, missed: true }, nowMs);
    },
  }),
};
