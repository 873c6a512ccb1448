import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlServer, runDirectory } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/run.js';
import { lvsdStatus } from '../support/statuses.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsctl-metrics-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const metrics = (...words: string[]) => run(['metrics', '--run-dir', directory, ...words]);

describe('lvsctl metrics', () => {
  it('ends with 0 where no daemon is, and says so', async () => {
    const { status, stdout, stderr } = await metrics();
    expect([status, stderr]).toEqual([0, '']);
    for (const name of ['pulse', 'lvsd', 'guardian']) {
      expect(stdout).toContain(`piranha_up{process="${name}"} 0\n`);
    }
  });

  it('tells what one daemon knows, and what its process costs', async () => {
    const server = await ControlServer.listen({
      path: runDirectory(directory).lvsdSocket,
      methods: { status: () => lvsdStatus({ pid: process.pid }) },
    });
    writeFileSync(runDirectory(directory).guardianPid, `${process.pid}\n`);
    const { stdout } = await metrics();
    const json = JSON.parse((await metrics('--json')).stdout);
    await server.close();
    expect(stdout).toContain('piranha_up{process="lvsd"} 1\n');
    expect(stdout).toContain('piranha_up{process="guardian"} 1\n');
    expect(stdout).toMatch(/^piranha_process_resident_memory_bytes\{process="lvsd"\} [1-9]\d+$/m);
    expect(json.metrics).toContainEqual({ name: 'piranha_up', labels: { process: 'lvsd' }, value: 1 });
  });

  it('replaces a file whole, for everybody to read, and leaves nothing beside it', async () => {
    const file = join(directory, 'piranha.prom');
    writeFileSync(file, 'old', { mode: 0o600 });
    const umask = process.umask(0o077);
    const { status, stdout } = await metrics('--output', file);
    process.umask(umask);
    expect([status, stdout]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^# HELP piranha_build_info .*\n# TYPE piranha_build_info gauge\n/,
    );
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory)).toEqual(['piranha.prom']);
  });

  it('ends with 4 where the file cannot be written, and leaves nothing behind', async () => {
    const { status, stderr } = await metrics('--output', join(directory, 'none', 'piranha.prom'));
    expect(status).toBe(4);
    expect(stderr).toContain('[METRICS_WRITE]');
    expect((await metrics('--output', directory)).status).toBe(4);
    expect(readdirSync(directory)).toEqual([]);
  });
});
