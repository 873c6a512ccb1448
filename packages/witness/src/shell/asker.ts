import { errorText, UserError } from '@piranha/common';

/** After so many questions without an answer a way is opened anew: addresses, devices and routes may have changed. */
export const LOST_UNTIL_REOPENED = 3;

/** One way of asking one witness. */
export interface Asker {
  /** Sends a question at `sentMs`, monotonic ms. Its end is told once, later or at once. */
  ask(sentMs: number): void;
  /** Nobody waits for the answer any more; one that comes all the same may be told. */
  giveUp(): void;
  close(): void;
}

/** Where an asker tells what became of its questions; each is known by when it was sent. */
export interface Told {
  answered(sentMs: number): void;
  failed(sentMs: number, problem: string): void;
}

/** Why a question could not be asked, with what helps where somebody knows. */
export function problemText(error: unknown): string {
  return error instanceof UserError ? `${error.message}: ${error.hint}` : errorText(error);
}
