import type { Script } from './faults.js';

/** Runs that shrinking may take. */
const MOST_TRIES = 200;

/** The script with as few faults as still lead to the failure, found by leaving out one after the other. */
export function shrink(script: Script, fails: (script: Script) => boolean): Script {
  let least = script;
  let tries = 0;
  const tryWith = (candidate: Script): boolean => {
    tries += 1;
    if (tries > MOST_TRIES || !fails(candidate)) return false;
    least = candidate;
    return true;
  };
  for (let goesOn = true; goesOn; ) {
    goesOn = least.faults.some((_, index) =>
      tryWith({ ...least, faults: least.faults.filter((__, other) => other !== index) }),
    );
  }
  tryWith({ ...least, clockSteps: [] });
  tryWith({ ...least, headStartMs: 0 });
  const exact = Object.fromEntries(Object.keys(least.clockRates).map((name) => [name, 1]));
  tryWith({ ...least, clockRates: exact as Script['clockRates'] });
  return least;
}
