/** What the caller of a command can do about an error that a person caused. */
export interface UserErrorDetail {
  /** Stable code for scripts and searches, such as `PULSE_NO_SERVICES`. */
  readonly code: string;
  /** What to do about it, one sentence. */
  readonly hint?: string;
  /** Exit status of the process, 1 to 255; 1 unless told. */
  readonly exitCode?: number;
}

/**
 * An error that a person caused and can mend: a wrong option, a broken file, a missing privilege.
 * Everything else is a programmer error: it is not caught, the process dies and its supervisor restarts it.
 */
export class UserError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, detail: UserErrorDetail) {
    super(message);
    this.name = 'UserError';
    this.code = detail.code;
    this.hint = detail.hint;
    this.exitCode = detail.exitCode ?? 1;
  }
}

/** The text of anything that was thrown, for a log line. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
