import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import { lostLine } from '../core/lines.js';

/**
 * Lines appended to a file that is opened for each write: logrotate may move it at any time. A full disk or a missing
 * directory loses lines, never the daemon; their number is written once there is room again.
 */
export class FileStream extends Writable {
  private lost = 0;

  constructor(
    private readonly path: string,
    /** The line, without its end, that tells of lost ones: in the format of the file. */
    private readonly noteOf: (lost: number, atMs: number) => string = lostLine,
  ) {
    super({ decodeStrings: false });
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    void this.append([chunk]).then(done);
  }

  override _writev(chunks: { chunk: string }[], done: () => void): void {
    void this.append(chunks.map(({ chunk }) => chunk)).then(done);
  }

  private async append(lines: readonly string[]): Promise<void> {
    const note = this.lost > 0 ? `${this.noteOf(this.lost, Date.now())}\n` : '';
    try {
      await this.appendText(note + lines.join(''));
      this.lost = 0;
    } catch {
      this.lost += lines.length;
    }
  }

  private async appendText(text: string): Promise<void> {
    try {
      await appendFile(this.path, text, { mode: 0o640 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await mkdir(dirname(this.path), { recursive: true, mode: 0o750 });
      await appendFile(this.path, text, { mode: 0o640 });
    }
  }
}
