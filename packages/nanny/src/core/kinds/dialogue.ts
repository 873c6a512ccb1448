/** What a dialogue wants next. */
export type DialogueStep =
  /** More of the server's answer. */
  | { readonly type: 'more' }
  | {
      readonly type: 'send';
      readonly bytes: Uint8Array;
      /** What a person is shown of it, where the bytes hold a password. */
      readonly shown?: string;
    }
  /** The server works; `farewell` is sent before the connection ends. */
  | { readonly type: 'passed'; readonly reason: string; readonly farewell?: Uint8Array }
  | { readonly type: 'failed'; readonly problem: string };

/**
 * The checker's side of a protocol over TCP: told what arrives, it says what to send, until it has a verdict. It reads
 * and sends nothing itself; the caller limits time and the number of bytes.
 */
export interface Dialogue {
  /** What is waited for, as it stands in a log line: `the greeting`. */
  readonly stage: string;
  start(): DialogueStep;
  receive(bytes: Uint8Array): DialogueStep;
}

/** No server is listened to for more bytes than this. */
export const DIALOGUE_LIMIT_BYTES = 64 * 1024;

export const MORE: DialogueStep = { type: 'more' };

/** The server does not work. */
export function failedStep(problem: string): DialogueStep {
  return { type: 'failed', problem };
}

const EXCERPT_CHARACTERS = 80;

/** The beginning of what a server said, fit for a log line: printable ASCII in quotes. */
export function excerpt(said: Uint8Array | string): string {
  const text = typeof said === 'string' ? said : Buffer.from(said).toString('latin1');
  const head = text
    .slice(0, EXCERPT_CHARACTERS)
    .replace(/"/g, "'")
    .replace(/[^ -~]/g, '.');
  return text.length > EXCERPT_CHARACTERS ? `"${head}…"` : `"${head}"`;
}
