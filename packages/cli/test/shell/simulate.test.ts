import { describe, expect, it } from 'vitest';
import { run } from '../support/run.js';

const PAIR = `primary = 10.0.0.2
primary_private = 10.0.1.2
backup = 10.0.0.3
backup_private = 10.0.1.3
backup_active = 1
keepalive = 0.1
deadtime = 0.4
service = lvs
virtual web {
  active = 1
  address = 10.0.0.100 eth0:1
  port = 80
  server one {
    address = 10.0.0.11
    active = 1
  }
}
`;

describe('lvsctl simulate', () => {
  it('says what is promised at these times, and sums up in its last line', async () => {
    const { status, stdout } = await run(['simulate', '--seeds', '20', '--seed', '7', '-'], PAIR);
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('keepalive 100 ms, deadtime 400 ms');
    expect(stdout).toContain('promised: a director in maintenance standby takes nothing');
    expect(lines.at(-1)).toMatch(
      /^20 seeds from 7: every promise kept; \d+\.\d simulated hours, \d+ takeovers$/,
    );
  });

  it('does the same for the same seed', async () => {
    const words = ['simulate', '--json', '--seeds', '5', '--seed', '99', '-'];
    const first = await run(words, PAIR);
    expect((await run(words, PAIR)).stdout).toBe(first.stdout);
    const answer = JSON.parse(first.stdout);
    expect(answer).toMatchObject({ ok: true, firstSeed: 99, seeds: 5, wanted: 5, failed: 0, failures: [] });
    expect(answer.simulatedMs).toBeGreaterThan(10_000);
  });

  it('shows somebody at a terminal how far it is, on a line that goes away', async () => {
    const shown: string[] = [];
    let nowMs = 0;
    const terminal = {
      progress: (text: string) => void shown.push(text),
      nowMs: () => {
        nowMs += 300;
        return nowMs;
      },
    };
    const { status } = await run(['simulate', '--seeds', '8', '--seed', '7', '-'], PAIR, terminal);
    expect(status).toBe(0);
    expect(shown[0]).toMatch(/^[1-8] of 8 seeds, a promise broken in 0$/);
    expect(shown.at(-1)).toBe('');
  });

  it('plays more directors with the times of the file', async () => {
    const { status, stdout } = await run(
      ['simulate', '--directors', '4', '--seeds', '2', '--seed', '7', '-'],
      PAIR,
    );
    expect(status).toBe(0);
    expect(stdout).toContain('4 directors, keepalive 100 ms');
    expect(stdout).toContain('the next in rank takes over');
  });

  it('shows the faults that break a promise, and ends with 1', async () => {
    // Beats further apart than the partner waits for them: a live partner is taken for dead.
    const text = PAIR.replace('keepalive = 0.1', 'keepalive = 1').replace('deadtime = 0.4', 'deadtime = 0.5');
    const { status, stdout } = await run(['simulate', '--seeds', '20', '--seed', '1', '-'], text);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^seed \d+: broken: /m);
    expect(stdout).toMatch(/^20 seeds from 1: a promise broken in \d+; /m);
  });

  it.each([
    ['--seeds', '0'],
    ['--seeds', 'x'],
    ['--seed', '-1'],
    ['--seed', '4294967296'],
    ['--directors', '1'],
    ['--directors', '6'],
  ])('refuses %s %s', async (option, value) => {
    const { status, stderr } = await run(['simulate', option, value, '-'], PAIR);
    expect(status).toBe(2);
    expect(stderr).toContain('not a whole number');
  });

  it('needs a pair and a file without errors', async () => {
    const alone = await run(['simulate', '-'], PAIR.replace('backup_active = 1', 'backup_active = 0'));
    expect([alone.status, alone.stdout]).toEqual([1, '']);
    expect(alone.stderr).toContain('SIMULATE_NO_PAIR');
    const broken = await run(['simulate', '-'], PAIR.replace('port = 80', 'port = x'));
    expect(broken.status).toBe(1);
    expect(broken.stderr).toMatch(/-:\d+:\d+: error/);
  });
});
