/** What the driver inside the lab kernel tells the machine outside, one line each on the guest's console. */

export type LabMessage =
  | { readonly type: 'started'; readonly title: string }
  | {
      readonly type: 'result';
      readonly title: string;
      readonly ok: boolean;
      readonly durationMs: number;
      /** Why it failed, with what the directors logged last. */
      readonly problem?: string;
      /** What a scenario that measures found. */
      readonly figure?: string;
    }
  /** The group could not be set up, or its end failed. */
  | { readonly type: 'broken'; readonly problem: string }
  | { readonly type: 'done' };

const MARK = '@lab ';

/** A message as a console line. */
export function printMessage(message: LabMessage): string {
  return `${MARK}${JSON.stringify(message)}`;
}

/** The message of a console line; undefined when the line is the guest's own chatter. */
export function readMessage(line: string): LabMessage | undefined {
  const start = line.indexOf(MARK);
  if (start < 0) return undefined;
  try {
    return JSON.parse(line.slice(start + MARK.length)) as LabMessage;
  } catch {
    return undefined;
  }
}
