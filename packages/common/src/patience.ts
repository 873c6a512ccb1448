const VARIABLE = 'PIRANHA_PATIENCE';
const MOST = 60;

/** What a process needs in its environment to be as patient as this one. */
export function patienceEnvironment(): Readonly<Record<string, string>> {
  const value = process.env[VARIABLE];
  return value === undefined ? {} : { [VARIABLE]: value };
}

/**
 * A limit after which a watched process counts as hung, ms, stretched by the factor PIRANHA_PATIENCE (1 to 60, default
 * 1; anything else counts as 1). For machines on which a process start takes seconds: a watchdog that kills what is
 * only slow would never let it come up.
 */
export function patient(limitMs: number): number {
  const factor = Number(process.env[VARIABLE] ?? 1);
  return factor >= 1 && factor <= MOST ? limitMs * factor : limitMs;
}
