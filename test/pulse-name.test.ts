import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './support/run-program.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-name-'));
  writeFileSync(join(directory, 'beat.keys'), `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(names: readonly string[], lines = `heartbeat_key = ${directory}/beat.keys\n`): string {
  const path = join(directory, `${names.length}-${lines.length}.cf`);
  const blocks = names.map((name, index) => `director ${name} {\n  public = 203.0.113.${index + 1}\n}\n`);
  writeFileSync(
    path,
    `service = lvs\nnetwork = direct\n${lines}${blocks.join('')}virtual www {
  active = 1
  address = 192.0.2.100 eth0:1
  port = 80
  server s0 {
    address = 192.0.2.11
    active = 1
  }
}
`,
  );
  return path;
}

const started = (path: string, ...words: readonly string[]) =>
  runProgram(
    'pulse',
    ['-t', '-c', path, '--director', 'memory', '--run-dir', directory, ...words],
    directory,
  );

describe('pulse --name', () => {
  const three = ['alpha', 'beta', 'gamma'];

  it('says which block is this node’s, and to whom it would beat', async () => {
    const { status, stdout } = await started(file(three), '--name', 'beta');
    expect(status).toBe(0);
    expect(stdout).toContain('role: backup\ndirector: beta, 2 of 3\npartner: yes');
    expect(stdout).toContain('public path to alpha: 203.0.113.2 -> 203.0.113.1 port 539');
    expect(stdout).toContain('public path to gamma: 203.0.113.2 -> 203.0.113.3 port 539');
  });

  it('is asked for where no address tells, and must be a name of lvs.cf', async () => {
    const none = await started(file(three));
    expect(none.status).toBe(1);
    expect(none.stderr).toContain('which director is this?');
    expect(none.stderr).toContain('alpha, beta, gamma');
    const wrong = await started(file(three), '--name', 'delta');
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain("no director 'delta'");
  });

  it('tells the role of a pair that is written in blocks', async () => {
    const { stdout } = await started(file(three.slice(0, 2), ''), '--name', 'beta');
    expect(stdout).toContain('role: backup\npartner: yes\npublic path: 203.0.113.2 -> 203.0.113.1');
  });

  it('needs no start to know that three directors lack a key', async () => {
    const { status, stderr } = await runProgram('lvsctl', ['check', file(three, '')], directory);
    expect(status).toBe(1);
    expect(stderr).toMatch(/3-0\.cf:9:10: error CF_DIRECTORS_KEY: .*lvsctl keygen/);
  });
});
