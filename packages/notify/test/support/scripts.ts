import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { Recorder } from './recorder.js';

/** Small programs in a directory that lives as long as a test, and a log. */
export class Scripts {
  directory = '';
  log = new Recorder();
  private count = 0;

  /** Writes a program for /bin/sh; its path. */
  write(text: string, mode = 0o755): string {
    this.count += 1;
    const path = this.path(`script-${this.count}.sh`);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, mode);
    return path;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }
}

/** Makes a directory before each test of a suite, and removes it. */
export function useScripts(): Scripts {
  const scripts = new Scripts();
  beforeEach(() => {
    scripts.directory = mkdtempSync(join(tmpdir(), 'piranha-programs-'));
    // Another user has to reach the programs.
    chmodSync(scripts.directory, 0o755);
    scripts.log = new Recorder();
  });
  afterEach(() => rmSync(scripts.directory, { recursive: true, force: true }));
  return scripts;
}

/** State letter of a process as the kernel has it; empty for one that is gone. */
export function processState(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}
