import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckOptions } from '../../../src/core/check-plan.js';
import type { NamelessSpec } from '../spec-plan.js';
import { type KeptFile, keptFile } from './certificates.js';
import type { Flapping } from './flapping.js';
import { optionsOf, type ZooKind } from './kinds.js';
import type { Animal, Habitat } from './servers.js';

/** The kinds that look at this machine, or at no port. */

const manners = { answer: '' };
const NOWHERE = { address: '127.0.0.1', port: 1 };

const habitat = (options: Partial<CheckOptions>, close = async () => {}): Habitat => ({
  target: NOWHERE,
  options,
  close,
});

const program = (text: string) =>
  ({ kind: 'program', program: text, arguments: 'none', miscDynamic: false, output: 'OK' }) as const;

/** What programs do, in the shell's words. */
const PROGRAMS = {
  works: 'echo OK',
  'prints something else': 'echo no',
  'prints nothing': 'true',
  'prints without end': 'while :; do echo xxxxxxxxxxxxxxxx; done',
  'ends with status 3': 'echo OK; exit 3',
  'dies of a signal': 'kill -9 $$',
  hangs: 'sleep 60',
  'hangs after its answer': 'echo OK; sleep 60',
  'leaves a child that holds its output': 'echo OK; sleep 60 &',
} as const;

/** A script that does what it is told, for lvs.cf's words of a program are read by no shell. */
export function programScript(): KeptFile {
  const cases = Object.entries(PROGRAMS).map(([name, script]) => `${wordOf(name)}) ${script};;`);
  const all = [...cases, 'exists) test -e "$2" && echo OK;;'];
  const file = keptFile('check.sh', `#!/bin/sh\ncase "$1" in\n${all.join('\n')}\nesac\n`);
  chmodSync(file.path, 0o755);
  return file;
}

const wordOf = (name: string) => name.replaceAll(' ', '-');

function programAnimals(
  script: string,
  options: (words: string) => Partial<CheckOptions>,
): Readonly<Record<string, Animal>> {
  const all = Object.keys(PROGRAMS).map(
    (name) => [name, async () => habitat(options(`${script} ${wordOf(name)}`))] as const,
  );
  const missing: Animal = async () => habitat(options('/nonexistent/check'));
  return { ...Object.fromEntries(all), 'does not exist': missing };
}

const blockOf = (words: string) => optionsOf(program(words));
const sendProgramOf = (words: string) => ({ sendProgram: words, expect: 'OK' });

/** A file that is there now, and not then, and what is to be said of it. */
async function flappingFile(options: (path: string) => Partial<CheckOptions>): Promise<Flapping & Habitat> {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-zoo-'));
  const path = join(directory, 'state');
  const become = async (state: 'up' | 'down') =>
    state === 'up' ? writeFileSync(path, '') : rmSync(path, { force: true });
  await become('up');
  return { ...habitat(options(path), async () => rmSync(directory, { recursive: true })), become };
}

const file = (path: string, more: object = {}): NamelessSpec => ({
  kind: 'file',
  path,
  absent: false,
  ...more,
});
const fileAt =
  (spec: NamelessSpec): Animal =>
  async () =>
    habitat(optionsOf(spec));

const ping =
  (address: string): Animal =>
  async () => ({
    target: { address, port: 0 },
    close: async () => {},
  });

function programKind(
  name: string,
  script: string,
  options: (words: string) => Partial<CheckOptions>,
): ZooKind {
  const animals = programAnimals(script, options);
  const flapping = () => flappingFile((path) => options(`${script} exists ${path}`));
  return { name, options: {}, manners, animals, flapping };
}

/** Programs (those of `programScript`), files and ICMP. Who may not ask by ICMP meets none of its hosts. */
export function localKinds(script: string, mayPing: boolean): readonly ZooKind[] {
  const kinds: ZooKind[] = [
    programKind('program', script, blockOf),
    programKind('send-program', script, sendProgramOf),
    {
      name: 'file',
      options: {},
      manners,
      animals: {
        works: fileAt(file('/proc/self/status', { content: 'Name' })),
        'holds something else': fileAt(file('/proc/self/status', { content: 'never' })),
        'does not exist': fileAt(file('/nonexistent')),
        'is too old': fileAt(file('/proc/self/exe', { maximumAgeSeconds: 0 })),
        'is a device without end': fileAt(file('/dev/zero', { content: 'x' })),
        'cannot be looked at': fileAt(file('/proc/self/status/x')),
      },
      flapping: () => flappingFile((path) => optionsOf(file(path))),
    },
  ];
  if (!mayPing) return kinds;
  return [
    ...kinds,
    {
      name: 'ping',
      options: optionsOf({ kind: 'ping' }),
      manners,
      animals: { works: ping('127.0.0.1'), 'works, over IPv6': ping('::1') },
      elsewhere: ['does not answer', 'is not to be reached'],
    },
  ];
}
