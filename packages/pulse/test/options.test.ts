import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPulseOptions, readResolvedOptions, resolvedArguments } from '../src/options.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-options-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function ini(text: string): string {
  const path = join(directory, 'piranha.ini');
  writeFileSync(path, text);
  return path;
}

describe('the options of pulse', () => {
  it('take piranha.ini beneath the command line', async () => {
    const path = ini(
      '[paths]\nrun_dir = /run/a\nlog_dir = /var/log/a\n[director]\nbackend = userspace\n[node]\nrole = backup\n',
    );
    expect(await readPulseOptions(['--ini', path, '--run-dir', '/run/b'])).toMatchObject({
      runDirectory: '/run/b',
      stateDirectory: '/run/b/state',
      logDirectory: '/var/log/a',
      director: 'userspace',
      role: 'backup',
      json: false,
    });
  });

  it('name the director that this node is, for the processes that pulse starts too', async () => {
    const path = ini('[node]\nname = beta\n');
    const options = await readPulseOptions(['--ini', path]);
    expect(options).toMatchObject({ name: 'beta', role: undefined });
    expect(readResolvedOptions(resolvedArguments(options))).toMatchObject({ name: 'beta' });
    expect(await readPulseOptions(['--ini', path, '--name', 'gamma'])).toMatchObject({ name: 'gamma' });
    await expect(readPulseOptions(['--ini', ini('[node]\nname = a b\n')])).rejects.toMatchObject({
      code: 'INI_BAD_VALUE',
    });
  });

  it('stand without a piranha.ini, and refuse a broken one with its place', async () => {
    const none = await readPulseOptions(['--ini', join(directory, 'none')]);
    expect(none).toMatchObject({ runDirectory: '/run/piranha', director: 'kernel', role: undefined });
    await expect(readPulseOptions(['--ini', ini('[paths]\nrun_dri = /x\n')])).rejects.toMatchObject({
      code: 'INI_UNKNOWN_KEY',
    });
  });

  it('keep what outlives the machine where it does, unless the run directory is another one', async () => {
    const none = ['--ini', join(directory, 'none')];
    expect((await readPulseOptions(none)).stateDirectory).toBe('/var/lib/piranha');
    const path = ini('[paths]\nrun_dir = /run/a\nstate_dir = /var/lib/a\n');
    expect((await readPulseOptions(['--ini', path])).stateDirectory).toBe('/var/lib/a');
    expect((await readPulseOptions(['--ini', path, '--state-dir', '/x'])).stateDirectory).toBe('/x');
  });

  it('are handed on whole to every process that pulse starts, but never "force active"', async () => {
    const path = ini(
      '[paths]\nlog_dir = /var/log/a\n[log]\nformat = json\nverbose = true\n[node]\nrole = primary\n',
    );
    const options = await readPulseOptions([
      '-n',
      '-c',
      'x.cf',
      '--forceactive',
      '--ini',
      path,
      '--lvs',
      '/l',
    ]);
    expect(options.forceActive).toBe(true);
    expect(readResolvedOptions(resolvedArguments(options))).toEqual({ ...options, forceActive: false });
  });

  it.each([
    [['--node', 'both'], 'PULSE_BAD_NODE'],
    [['--log-format', 'xml'], 'PULSE_BAD_LOG_FORMAT'],
    [['--fos', '/usr/sbin/fos'], 'PULSE_NO_FOS'],
    [['--what'], 'ARGUMENT_BAD'],
    [['start'], 'ARGUMENT_UNEXPECTED'],
  ])('refuse %j', (args, code) => {
    expect(() => readResolvedOptions(args)).toThrow(expect.objectContaining({ code }));
  });
});
