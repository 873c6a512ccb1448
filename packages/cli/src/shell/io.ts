import { UserError } from '@piranha/common';
import { EXIT } from '../core/exit-status.js';

/** The world as lvsctl sees it, so that tests can be that world. */
export interface LvsctlIo {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Standard input. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Wall clock, ms since 1970. */
  nowMs(): number;
  /** Shows a line until the next one takes its place, or none; absent where nobody watches a terminal. */
  readonly progress?: (text: string) => void;
}

const TO_LINE_START = '\r\u001B[K';

/** The process's own streams. A reader that went away (`| head`) ends lvsctl quietly, with the status of a success. */
export function processIo(): LvsctlIo {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.ok);
      throw error;
    });
  }
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stdin: () => process.stdin,
    nowMs: () => Date.now(),
    ...(process.stderr.isTTY
      ? { progress: (text: string) => void process.stderr.write(`${TO_LINE_START}${text}`) }
      : {}),
  };
}

/** Prints a value as one JSON document. */
export function printJson(io: LvsctlIo, value: unknown): void {
  io.stdout(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Prints lines; nothing for none. */
export function printLines(write: (text: string) => void, lines: readonly string[]): void {
  if (lines.length > 0) write(`${lines.join('\n')}\n`);
}

/**
 * Everything of a stream.
 * @throws UserError `INPUT_TOO_LARGE` beyond `limitBytes`
 */
export async function readAll(input: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input) {
    length += chunk.length;
    if (length > limitBytes) {
      const message = `standard input is larger than ${limitBytes / 1024 / 1024} MiB`;
      throw new UserError(message, {
        code: 'INPUT_TOO_LARGE',
        hint: 'is this an lvs.cf?',
        exitCode: EXIT.trouble,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
