export interface FileRule {
  /** False: the file's absence is what passes. */
  readonly mustExist: boolean;
  /** The text that must stand in it. */
  readonly content: string | undefined;
  /** It must have been written within this time, seconds. */
  readonly maximumAgeSeconds: number | undefined;
}

/** What is known of the file; undefined when there is none. */
export interface FileState {
  readonly ageSeconds: number;
  readonly text: string;
}

/** A problem without the age, which differs each time. */
export function lastingProblem(problem: string): string {
  return problem.replace(/ \d+ s ago$/, ' long ago');
}

/** What is wrong with the file; undefined when nothing is. */
export function fileProblem(rule: FileRule, state: FileState | undefined): string | undefined {
  if (!rule.mustExist) return state === undefined ? undefined : 'it exists';
  if (state === undefined) return 'it does not exist';
  const { content, maximumAgeSeconds } = rule;
  if (maximumAgeSeconds !== undefined && state.ageSeconds > maximumAgeSeconds) {
    return `it was written ${Math.floor(state.ageSeconds)} s ago`;
  }
  return content === undefined || state.text.includes(content) ? undefined : 'it does not hold the text';
}
