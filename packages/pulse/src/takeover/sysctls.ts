import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText, writeFileAtomically } from '@piranha/common';
import { z } from 'zod';
import { MANAGED_SYSCTLS, normalSysctlValue, WATCHED_SYSCTLS } from '../core/sysctl-plan.js';

const VALUE_LIMIT = 200;
const RECORD = z.record(z.string(), z.string().max(VALUE_LIMIT));

export interface SysctlsOptions {
  /** File that keeps the values found before the first write, in the run directory. */
  readonly recordFile: string;
  /** Called once for each new problem. */
  readonly onProblem: (problem: string) => void;
  /** /proc/sys unless a test says otherwise. */
  readonly root?: string;
  /** Names that may be written, and names that may only be read. */
  readonly managed?: readonly string[];
  readonly watched?: readonly string[];
}

/**
 * Kernel settings that are borrowed: their first values are recorded before the first write, kept over a crash of
 * pulse, and put back at the stop.
 */
export class Sysctls {
  private readonly root: string;
  private readonly managed: readonly string[];
  private readonly watched: readonly string[];
  private readonly told = new Set<string>();

  constructor(private readonly options: SysctlsOptions) {
    this.root = options.root ?? '/proc/sys';
    this.managed = options.managed ?? MANAGED_SYSCTLS;
    this.watched = options.watched ?? WATCHED_SYSCTLS;
  }

  /** The normalised values of all known names. What cannot be read, as without its module, is told and left out. */
  read(): ReadonlyMap<string, string> {
    const values = new Map<string, string>();
    for (const name of [...this.managed, ...this.watched]) {
      try {
        values.set(name, normalSysctlValue(readFileSync(this.pathOf(name), 'utf8')));
      } catch (error) {
        this.tell(`${name} cannot be read: ${errorText(error)}`);
      }
    }
    return values;
  }

  /** True while first values wait for being put back. */
  get recorded(): boolean {
    return Object.keys(this.readRecord()).length > 0;
  }

  /**
   * Writes one setting, its first value recorded before.
   * @throws Error when the file system or the kernel refuses, or for a name that is not managed
   */
  write(name: string, value: string): void {
    if (!this.managed.includes(name)) throw new Error(`not a managed sysctl: ${name}`);
    const path = this.pathOf(name);
    const found = normalSysctlValue(readFileSync(path, 'utf8')).slice(0, VALUE_LIMIT);
    const record = this.readRecord();
    if (!Object.hasOwn(record, name)) {
      writeFileAtomically(this.options.recordFile, `${JSON.stringify({ ...record, [name]: found })}\n`);
    }
    writeFileSync(path, value);
  }

  /**
   * Puts all recorded values back and removes the record. What cannot be written, as after its module was unloaded, is
   * told and given up: the module comes back with the kernel's own values.
   */
  restore(): void {
    for (const [name, value] of Object.entries(this.readRecord())) {
      if (!this.managed.includes(name)) continue;
      try {
        writeFileSync(this.pathOf(name), value);
      } catch (error) {
        this.tell(`${name} cannot be put back to ${value}: ${errorText(error)}`);
      }
    }
    rmSync(this.options.recordFile, { force: true });
  }

  private pathOf(name: string): string {
    return join(this.root, ...name.split('.'));
  }

  private readRecord(): Readonly<Record<string, string>> {
    let text: string;
    try {
      text = readFileSync(this.options.recordFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
    try {
      return RECORD.parse(JSON.parse(text));
    } catch {
      this.tell(`${this.options.recordFile} is broken: the first values of our sysctls are lost`);
      return {};
    }
  }

  private tell(problem: string): void {
    if (this.told.has(problem)) return;
    this.told.add(problem);
    this.options.onProblem(problem);
  }
}
