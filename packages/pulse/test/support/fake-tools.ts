import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../fixtures/fake-tool.sh', import.meta.url));

/** A directory of programs that record how they are called. */
export class FakeTools {
  readonly directory = mkdtempSync(join(tmpdir(), 'piranha-tools-'));

  /** Puts a program there and gives its path. */
  add(name: string): string {
    const path = join(this.directory, name);
    copyFileSync(SCRIPT, path);
    chmodSync(path, 0o755);
    return path;
  }

  /** What it prints, complains, or exits with from now on. */
  answer(name: string, answer: { out?: string; err?: string; exit?: number; hang?: boolean }): void {
    const base = join(this.directory, name);
    for (const suffix of ['out', 'err', 'exit', 'hang'] as const) {
      const value = answer[suffix];
      if (value === undefined || value === false) rmSync(`${base}.${suffix}`, { force: true });
      else writeFileSync(`${base}.${suffix}`, String(value));
    }
  }

  /** The calls so far, one a line, standard input behind `| `. */
  calls(): readonly string[] {
    try {
      return readFileSync(join(this.directory, 'calls'), 'utf8').trimEnd().split('\n');
    } catch {
      return [];
    }
  }

  forget(): void {
    rmSync(join(this.directory, 'calls'), { force: true });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
