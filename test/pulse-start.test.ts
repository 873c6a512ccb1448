import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pair } from './support/pair.js';
import { pairConfiguration } from './support/pair-configuration.js';
import { signal } from './support/processes.js';
import { runProgram } from './support/run-program.js';
import { request } from './support/traffic.js';

let pair: Pair;

beforeAll(() => {
  pair = new Pair();
});
afterAll(() => pair?.stop());

const runDirectoryOf = () => pair.backup.files.directory;

/** pulse with everything that it needs; later words win. */
function pulse(...more: readonly string[]) {
  const words = ['-n', '-c', pair.configFile, '--node', 'primary', '--director', 'userspace'];
  const args = [...words, '--run-dir', runDirectoryOf(), ...more];
  return runProgram('pulse', args, runDirectoryOf());
}

function fileWith(name: string, text: string): string {
  const file = join(runDirectoryOf(), name);
  writeFileSync(file, text);
  return file;
}

describe('pulse refuses to start', () => {
  it('with an option that it does not have', async () => {
    const { status, stderr } = await pulse('--frobnicate');
    expect(stderr).toContain('pulse: bad argument --frobnicate');
    expect(status).toBe(1);
  });

  it('without its configuration file', async () => {
    const { status, stderr } = await pulse('-c', '/nonexistent/lvs.cf');
    expect(stderr).toContain('/nonexistent/lvs.cf');
    expect(stderr).toContain('pulse: error parsing /nonexistent/lvs.cf');
    expect(status).toBe(1);
  });

  it('with a broken configuration file, and names every place', async () => {
    const file = fileWith(
      'broken.cf',
      'primary = 127.0.0.2\nkeepalive = soon\nservice = lvs\nbackup = nowhere.at.all\n',
    );
    const { status, stderr } = await pulse('-c', file);
    expect(stderr).toMatch(new RegExp(`^${file}:2:\\d+: error [A-Z_]+: `, 'm'));
    expect(stderr).toMatch(new RegExp(`^${file}:4:\\d+: error [A-Z_]+: `, 'm'));
    expect(stderr).toContain(`pulse: error parsing ${file} at line 2: `);
    expect(status).toBe(1);
  });

  it('with the kernel director, which is the default, where ipvsadm is missing', async () => {
    const file = fileWith(
      'no-ipvsadm.cf',
      `ipvsadm = /nowhere/ipvsadm\n${pairConfiguration(pair.layout, {})}`,
    );
    const { status, stderr } = await pulse('-c', file, '--director', 'kernel');
    expect(stderr).toContain('[IPVSADM_MISSING]');
    expect(stderr).toContain('--director userspace');
    expect(status).toBe(5);
    const args = ['-n', '-c', file, '--node', 'primary', '--run-dir', runDirectoryOf()];
    expect(await runProgram('pulse', args, runDirectoryOf())).toMatchObject({ status: 5, stderr });
  });

  it('as a backup that is marked inactive', async () => {
    const file = fileWith('inactive.cf', pairConfiguration(pair.layout, { backupActive: false }));
    const { status, stderr } = await pulse('-c', file, '--node', 'backup');
    expect(stderr).toContain('We are backup node and backup is marked inactive -- exiting pulse');
    expect(status).toBe(255);
  });

  it('with a heartbeat address that is not of this node', async () => {
    // An address of documentation (RFC 5737): nobody has it.
    const file = fileWith('foreign.cf', pairConfiguration({ ...pair.layout, primary: '203.0.113.2' }));
    const { status, stderr } = await pulse('-c', file);
    expect(stderr).toContain('pulse: cannot create heartbeat socket. running as root?');
    expect(stderr).toContain('203.0.113.2');
    expect(status).toBe(1);
  });
});

it('pulse -t tells what it would do and starts nothing', async () => {
  const { status, stdout } = await pulse('-t');
  const { primary, backup, heartbeatPort, vip } = pair.layout;
  expect(stdout).toContain('role: primary');
  expect(stdout).toContain(`public path: ${primary} -> ${backup} port ${heartbeatPort}`);
  expect(stdout).toContain('keepalive: 250 ms, deadtime: 1000 ms');
  expect(stdout).toContain(`addresses: ${vip}`);
  expect(status).toBe(0);
  expect(readdirSync(runDirectoryOf()).filter((name) => /\.(pid|sock)$/.test(name))).toEqual([]);
  expect(pair.backup.processes()).toEqual([]);
});

it('pulse as a daemon returns when it answers, and SIGTERM ends all of it', async () => {
  const director = pair.backup;
  const { directory } = director.files;
  const logDirectory = join(directory, 'log');
  const words = ['-c', pair.configFile, '--node', 'backup', '--director', 'userspace'];
  const args = [...words, '--run-dir', directory, '--log-dir', logDirectory];
  const { status, stderr } = await runProgram('pulse', args, directory);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect((await director.pulse()).role).toBe('backup');
  const guardian = Number(readFileSync(director.files.guardianPid, 'utf8'));
  expect(await director.guardianPid()).toBe(guardian);
  await pair.waitFor('lvsd and its nannies', async () => (await director.lvsd()).ready !== undefined);
  const programs = director.processes().map(({ program }) => program);
  expect(programs).toEqual(expect.arrayContaining(['pulse', 'pulse-worker', 'lvsd', 'ipvsu']));
  signal(guardian, 'SIGTERM');
  await pair.waitFor('the end of all its processes', () => director.processes().length === 0);
  expect(existsSync(director.files.guardianPid)).toBe(false);
  expect(existsSync(director.files.pulseSocket)).toBe(false);
  expect(readdirSync(logDirectory).length).toBeGreaterThan(0);
});

describe('a running pulse', () => {
  beforeAll(async () => {
    for (const index of pair.layout.servers.keys()) await pair.startServer(index);
    pair.primary.start('--forceactive');
    await pair.waitFor('an answer through the VIP', () => answers(pair.layout.vip));
  });

  const answers = (host: string) => request({ host, port: pair.layout.vipPort });
  const guardianSignal = async () => signal(await pair.primary.guardianPid(), 'SIGHUP');
  const events = async () => (await pair.primary.pulse()).history.map(({ event }) => event);
  /** Every process with its pid. */
  const processes = () =>
    pair.primary
      .processes()
      .map(({ pid, program }) => `${program} ${pid}`)
      .sort();

  it('is alone in its run directory', async () => {
    const { status, stderr } = await pulse('--run-dir', pair.primary.files.directory);
    expect(stderr).toContain('pulse: already running');
    expect(stderr).toContain('[PULSE_RUNNING]');
    expect(status).toBe(1);
    expect((await pair.primary.pulse()).active).toBe(true);
  });

  it('SIGHUP with a broken file changes nothing', async () => {
    await pair.waitFor('every server up', async () => (await pair.primary.lvsd()).ready);
    const before = processes();
    writeFileSync(pair.configFile, 'virtual {\n');
    await guardianSignal();
    await pair.waitFor('the refusal', async () => (await events()).includes('PULSE_RELOAD_REFUSED'));
    expect((await pair.primary.pulse()).vips).toEqual([pair.layout.vip]);
    expect(await pair.primary.heldAddresses()).toEqual([pair.layout.vip]);
    expect(processes()).toEqual(before);
    expect(await answers(pair.layout.vip)).toMatch(/^server-/);
  });

  it('SIGHUP with another service takes its address, and without it lets go', async () => {
    const { vip, otherVip } = pair.layout;
    const daemons = async () => [(await pair.primary.pulse()).pid, (await pair.primary.lvsd()).pid];
    const before = await daemons();
    writeFileSync(pair.configFile, pairConfiguration(pair.layout, { second: true }));
    await guardianSignal();
    await pair.waitFor('an answer through the new VIP', () => answers(otherVip));
    expect((await pair.primary.pulse()).vips).toEqual(expect.arrayContaining([vip, otherVip]));
    expect(await answers(vip)).toMatch(/^server-/);

    writeFileSync(pair.configFile, pairConfiguration(pair.layout));
    await guardianSignal();
    await pair.waitFor('the old set of addresses', async () => {
      return (await pair.primary.heldAddresses()).join() === vip;
    });
    await expect(answers(otherVip)).rejects.toThrow('ECONNREFUSED');
    expect(await answers(vip)).toMatch(/^server-/);
    expect(await daemons()).toEqual(before);
  });
});
