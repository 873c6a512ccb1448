import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { signalProcess, UserError } from '@piranha/common';
import { type LabMessage, readMessage } from './console.js';
import { allowedProcessors } from './processors.js';

const INIT = fileURLToPath(new URL('../../guest/init.sh', import.meta.url));
/** Always the built one: the guest has nothing that could run the sources. */
const DRIVER = fileURLToPath(new URL('../../dist/guest/main.js', import.meta.url));
const MODULES = '/usr/lib/uml/modules';
const KERNEL = 'linux.uml';
const MEMORY = '2500M';
/** Lines of the console that are kept for a failure's text. */
const KEPT_LINES = 200;

/** Programs that the guest needs beside the kernel, with the Debian package of each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  [KERNEL]: 'user-mode-linux',
  modprobe: 'kmod',
  ip: 'iproute2',
  tc: 'iproute2',
  ipvsadm: 'ipvsadm',
  'iptables-legacy': 'iptables',
};

/**
 * What the lab misses on this machine, by Debian's package names; empty when it can boot.
 * @param more programs that a group needs, with the package of each
 */
export function missingForLab(more: Readonly<Record<string, string>> = {}): readonly string[] {
  const missing = Object.entries({ ...PROGRAMS, ...more }).flatMap(([program, name]) =>
    findProgram(program) ? [] : [name],
  );
  if (!existsSync(MODULES)) missing.push(PROGRAMS[KERNEL] ?? KERNEL);
  return [...new Set(missing)];
}

function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface GuestOptions {
  /** Name of the scenario group that the driver runs. */
  readonly group: string;
  /** Programs that the group needs beyond the lab's own, with the Debian package of each. */
  readonly needs?: Readonly<Record<string, string>> | undefined;
  readonly onMessage: (message: LabMessage) => void;
  /** Every other line of the console. */
  readonly onLine?: (line: string) => void;
  /** The guest is ended after this, ms. */
  readonly limitMs: number;
  /** Which of this machine's processors is the guest's own, counted from 0 and beginning again behind the last. */
  readonly processor?: number;
}

/**
 * Boots a User-mode Linux kernel, with real IPVS, as an ordinary process on this machine's own file tree, read-only,
 * and runs one scenario group in it; resolves when it has powered off. Needs no root.
 * @throws UserError `LAB_MISSING` with the packages that are to be installed, `LAB_ENDED` when the guest did not finish
 */
export async function bootGuest(options: GuestOptions): Promise<void> {
  const kernel = findProgram(KERNEL);
  const missing = missingForLab(options.needs);
  if (kernel === undefined || missing.length > 0) {
    throw new UserError(`the lab needs ${missing.join(', ')}`, {
      code: 'LAB_MISSING',
      hint: `apt-get install ${missing.join(' ')}`,
    });
  }
  const [program, ...args] = [...pinned(options.processor ?? 0), kernel, ...kernelArguments(options.group)];
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: the kernel's processes are ended together.
    detached: true,
  });
  const kept: string[] = [];
  let finished = false;
  const onLine = (line: string): void => {
    const message = readMessage(line);
    if (message?.type === 'done') finished = true;
    if (message !== undefined) {
      options.onMessage(message);
      return;
    }
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
    options.onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  await ended(child, options.limitMs);
  if (!finished) {
    throw new UserError(
      `the lab kernel ended too early or took over ${options.limitMs} ms:\n${kept.join('\n')}`,
      {
        code: 'LAB_ENDED',
        hint: 'the lines above are the last of its console',
      },
    );
  }
}

/**
 * Words before a command that keep it on one processor. The guest is one thread of work that hops between processes with
 * every system call: a hop to another processor of a virtual machine takes 60 us, one on the same 4 us.
 */
function pinned(index: number): readonly [string, ...string[]] | readonly [] {
  const processors = allowedProcessors();
  const taskset = findProgram('taskset');
  if (taskset === undefined || processors.length < 2) return [];
  return [taskset, '-c', String(processors[index % processors.length])];
}

function kernelArguments(group: string): readonly string[] {
  return [
    `mem=${MEMORY}`,
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    `init=${INIT}`,
    'con=null',
    'con0=fd:0,fd:1',
    'quiet',
    `LAB_NODE=${process.execPath}`,
    `LAB_DRIVER=${DRIVER}`,
    `LAB_GROUP=${group}`,
  ];
}

/** The kernel is a tree of processes that ends with its first one. */
function ended(child: ChildProcess, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const kill = (): void => {
      if (child.pid !== undefined) signalProcess(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(kill, limitMs);
    process.once('exit', kill);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      process.off('exit', kill);
      resolve();
    });
  });
}
