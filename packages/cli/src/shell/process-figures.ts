import { readFile } from 'node:fs/promises';
import { type ProcessFigures, readFigures } from '../core/metrics/process-figures.js';

/** What a process costs; undefined where there is none of that number. */
export async function figuresOf(pid: number): Promise<ProcessFigures | undefined> {
  try {
    const [stat, status] = await Promise.all(
      ['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')),
    );
    return readFigures(stat ?? '', status ?? '');
  } catch {
    return undefined;
  }
}

/** The process that a pid file names; undefined where there is no such file. */
export async function pidOfFile(path: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(path, 'utf8')).trim());
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
