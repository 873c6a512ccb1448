/** Generous: what is tested takes a second or two, but a noisy machine may stretch that. */
const DEFAULT_LIMIT_MS = 20_000;
const POLL_MS = 25;

export interface WaitOptions {
  readonly limitMs?: number;
  /** Added to the failure text, read when the time is over. */
  readonly details?: () => string;
}

/**
 * Asks again and again until the probe gives something other than undefined or false; an error counts as "not yet".
 * @throws Error that names what was waited for, and the last error
 */
export async function waitFor<Value>(
  what: string,
  probe: () => Value | Promise<Value>,
  { limitMs = DEFAULT_LIMIT_MS, details }: WaitOptions = {},
): Promise<Exclude<Value, undefined | false>> {
  const startedAtMs = performance.now();
  let problem = '';
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value as Exclude<Value, undefined | false>;
      problem = '';
    } catch (error) {
      problem = `; last error: ${error instanceof Error ? error.message : String(error)}`;
    }
    const waitedMs = Math.round(performance.now() - startedAtMs);
    if (waitedMs > limitMs) {
      throw new Error(`waited ${waitedMs} ms in vain for: ${what}${problem}\n${details?.() ?? ''}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
