import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BinaryName, binaryPath } from '@piranha/common';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = ['bin', 'dist', 'package.json'];

/** What only a compiler or a debugger reads makes a copy slow. */
const isProgram = (path: string): boolean => !/\.(d\.ts|map|tsbuildinfo)$/.test(path);

/** The built suite in a directory of its own, whose program files may be replaced while they run. */
export class SuiteCopy {
  /** Of the files that are installed now. */
  version = '0.0.1';
  private readonly base = mkdtempSync(join(tmpdir(), 'piranha-suite-'));

  constructor() {
    const modules = join(this.base, 'node_modules');
    mkdirSync(join(modules, '@piranha'), { recursive: true });
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (name !== '@piranha') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    for (const name of readdirSync(join(ROOT, 'packages'))) {
      symlinkSync(join('../../packages', name), join(modules, '@piranha', name));
    }
    this.install(this.version);
  }

  programPath(name: BinaryName): string {
    return join(this.base, relative(ROOT, binaryPath(name)));
  }

  /** Puts files of another version in the place of those that are there, as a package manager does. */
  upgrade(): string {
    const [major, minor, patch] = this.version.split('.').map(Number);
    this.version = `${major}.${minor}.${(patch ?? 0) + 1}`;
    this.install(this.version);
    return this.version;
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }

  private install(version: string): void {
    const next = join(this.base, 'packages.next');
    for (const name of readdirSync(join(ROOT, 'packages'))) {
      for (const part of PARTS) {
        const source = join(ROOT, 'packages', name, part);
        if (existsSync(source))
          cpSync(source, join(next, name, part), { recursive: true, filter: isProgram });
      }
    }
    const file = join(next, 'common/dist/version.js');
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(/SUITE_VERSION = '[^']*'/, `SUITE_VERSION = '${version}'`);
    if (changed === text) throw new Error(`${file} has no version to change`);
    writeFileSync(file, changed);
    const place = join(this.base, 'packages');
    const old = join(this.base, 'packages.old');
    rmSync(old, { recursive: true, force: true });
    if (existsSync(place)) renameSync(place, old);
    renameSync(next, place);
  }
}
