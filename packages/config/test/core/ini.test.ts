import { UserError } from '@piranha/common';
import { describe, expect, it } from 'vitest';
import { parsePiranhaIni } from '../../src/core/ini.js';

function errorOf(text: string): UserError {
  try {
    parsePiranhaIni(text, 'p.ini');
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('parsePiranhaIni', () => {
  it('has defaults', () => {
    expect(parsePiranhaIni('; nothing\n', 'p.ini')).toEqual({
      runDirectory: '/run/piranha',
      logDirectory: undefined,
      logFormat: 'text',
      verbose: false,
      backend: 'kernel',
      role: undefined,
    });
  });

  it('reads every key', () => {
    const text =
      '[paths]\nrun_dir = /tmp/r\nlog_dir = /tmp/l\n[log]\nformat = json\nverbose = true\n' +
      '[director]\nbackend = userspace\n[node]\nrole = backup\n';
    expect(parsePiranhaIni(text, 'p.ini')).toEqual({
      runDirectory: '/tmp/r',
      logDirectory: '/tmp/l',
      logFormat: 'json',
      verbose: true,
      backend: 'userspace',
      role: 'backup',
    });
  });

  it('names the place of an unknown key or section, and what was meant', () => {
    const key = errorOf('[log]\nformat = text\n\nverbos = true\n');
    expect([key.code, key.message]).toEqual(['INI_UNKNOWN_KEY', "p.ini:4: unknown key 'verbos'"]);
    expect(key.hint).toContain('did you mean verbose?');
    const section = errorOf('\n[pathes]\nrun_dir = /x\n');
    expect([section.code, section.message]).toEqual([
      'INI_UNKNOWN_SECTION',
      "p.ini:2: unknown section 'pathes'",
    ]);
    expect(errorOf('run_dir = /x\n').code).toBe('INI_UNKNOWN_SECTION');
  });

  it('names the place of a bad value', () => {
    const error = errorOf('[paths]\nlog_dir = /x\nrun_dir = here\n');
    expect(error.code).toBe('INI_BAD_VALUE');
    expect(error.message).toContain('p.ini:3: bad value of paths.run_dir: an absolute path');
    expect(errorOf('[director]\nbackend = memory\n').message).toContain('p.ini:2');
    expect(errorOf('paths = 3\n').code).toBe('INI_BAD_VALUE');
  });
});
