const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The alternate screen of the terminal, drawn over in place and always given back. */
export class Screen {
  private isOpen = false;

  open(onKey: (key: string) => void): void {
    this.isOpen = true;
    process.stdout.write(ENTER);
    process.stdin.setRawMode(true);
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (keys: string) => {
      // Home and Delete come as sequences with digits in them: nobody means to kill a server by them.
      if (keys.startsWith('\u001b')) return;
      for (const key of keys) onKey(key);
    });
    process.stdin.resume();
    // Whatever ends the process, the terminal must be usable afterwards.
    process.on('exit', () => this.close());
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 };
  }

  draw(lines: readonly string[]): void {
    if (!this.isOpen) return;
    process.stdout.write(`${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stdout.write(LEAVE);
  }
}
