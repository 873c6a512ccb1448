import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Sysctls } from '../../src/takeover/sysctls.js';

const BACKUP_ONLY = 'net.ipv4.vs.backup_only';
const THRESHOLD = 'net.ipv4.vs.sync_threshold';

describe('borrowed sysctls', () => {
  let root: string;
  let recordFile: string;
  let problems: string[];

  const fileOf = (name: string) => join(root, ...name.split('.'));
  const textOf = (name: string) => readFileSync(fileOf(name), 'utf8');
  const open = () =>
    new Sysctls({
      recordFile,
      root,
      onProblem: (problem) => problems.push(problem),
      managed: [BACKUP_ONLY, THRESHOLD],
      watched: ['net.ipv4.ip_forward'],
    });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'piranha-sysctls-'));
    recordFile = join(root, 'sysctls.first');
    problems = [];
    mkdirSync(join(root, 'net/ipv4/vs'), { recursive: true });
    writeFileSync(fileOf(BACKUP_ONLY), '0\n');
    writeFileSync(fileOf(THRESHOLD), '3\t50\n');
    writeFileSync(fileOf('net.ipv4.ip_forward'), '1\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('reads values in one form', () => {
    expect(Object.fromEntries(open().read())).toEqual({
      [BACKUP_ONLY]: '0',
      [THRESHOLD]: '3 50',
      'net.ipv4.ip_forward': '1',
    });
  });

  it('puts the first values back and forgets them', () => {
    const sysctls = open();
    expect(sysctls.recorded).toBe(false);
    sysctls.write(BACKUP_ONLY, '1');
    sysctls.write(THRESHOLD, '0 0');
    sysctls.write(BACKUP_ONLY, '0');
    expect(sysctls.recorded).toBe(true);
    sysctls.write(BACKUP_ONLY, '1');
    sysctls.restore();
    expect([textOf(BACKUP_ONLY), textOf(THRESHOLD)]).toEqual(['0', '3 50']);
    expect(existsSync(recordFile)).toBe(false);
  });

  it('keeps the first values over a crash', () => {
    open().write(BACKUP_ONLY, '1');
    const next = open();
    next.write(BACKUP_ONLY, '0');
    next.write(BACKUP_ONLY, '1');
    next.write(THRESHOLD, '0 0');
    next.restore();
    expect([textOf(BACKUP_ONLY), textOf(THRESHOLD)]).toEqual(['0', '3 50']);
  });

  it('tells once of a sysctl that is not there, as without its module', () => {
    rmSync(fileOf(BACKUP_ONLY));
    const sysctls = open();
    expect(sysctls.read().has(BACKUP_ONLY)).toBe(false);
    sysctls.read();
    expect(problems).toHaveLength(1);
    expect(() => sysctls.write(BACKUP_ONLY, '1')).toThrow('ENOENT');
    expect(sysctls.recorded).toBe(false);
  });

  it('puts back what it can after a module was unloaded', () => {
    const sysctls = open();
    sysctls.write(BACKUP_ONLY, '1');
    sysctls.write(THRESHOLD, '0 0');
    rmSync(join(root, 'net/ipv4/vs/backup_only'));
    mkdirSync(join(root, 'net/ipv4/vs/backup_only'));
    sysctls.restore();
    expect(textOf(THRESHOLD)).toBe('3 50');
    expect(problems).toHaveLength(1);
    expect(sysctls.recorded).toBe(false);
  });

  it('writes nothing but its own names, whatever a record says', () => {
    const sysctls = open();
    expect(() => sysctls.write('net.ipv4.ip_forward', '0')).toThrow('not a managed sysctl');
    writeFileSync(recordFile, JSON.stringify({ 'net.ipv4.ip_forward': '0', '../../x': '1' }));
    sysctls.restore();
    expect(textOf('net.ipv4.ip_forward')).toBe('1\n');
  });

  it('tells of a broken record', () => {
    writeFileSync(recordFile, '{');
    expect(open().recorded).toBe(false);
    expect(problems[0]).toContain('broken');
  });
});
