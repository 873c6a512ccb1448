import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../fixtures/fake-ipvsadm.mjs', import.meta.url));

/** Ways in which the stand-in fails as the real one does. */
type FakeMode = 'no-module' | 'no-privilege' | 'memory' | 'broken' | 'killed' | 'noisy' | '';

/** A program that keeps a table as ipvsadm does, in a directory of its own. */
export interface FakeIpvsadm {
  readonly path: string;
  setMode(mode: FakeMode): void;
  /** The command lines so far, in order; forgotten with each asking. */
  takeCalls(): string[];
  remove(): void;
}

export function fakeIpvsadm(): FakeIpvsadm {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-ipvsadm-'));
  const path = join(directory, 'ipvsadm.mjs');
  const calls = join(directory, 'calls');
  writeFileSync(path, `#!${process.execPath}\n${readFileSync(SCRIPT, 'utf8')}`);
  chmodSync(path, 0o755);
  writeFileSync(calls, '');
  return {
    path,
    setMode: (mode) => writeFileSync(join(directory, 'mode'), mode),
    takeCalls: () => {
      const lines = readFileSync(calls, 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      writeFileSync(calls, '');
      return lines;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
