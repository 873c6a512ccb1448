import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runStateCommand } from '../../src/takeover/state-command.js';

describe('active_cmd and inactive_cmd', () => {
  let directory: string;
  let lines: { id: string; fields: Record<string, unknown> }[];
  const log = {
    log: (id: string, fields: Record<string, unknown> = {}) => void lines.push({ id, fields }),
  };
  const script = (text: string): string => {
    const path = join(directory, 'command.sh');
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  };
  const run = (command: string, limitMs?: number) =>
    runStateCommand({
      command,
      role: 'active',
      event: 'partner dead',
      log,
      ...(limitMs === undefined ? {} : { limitMs }),
    });
  const idsOf = () => lines.map(({ id }) => id);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-command-'));
    lines = [];
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('splits at blanks, uses no shell, and gives role and reason in a clean environment', async () => {
    process.env.PIRANHA_SECRET = 'hidden';
    const out = join(directory, 'out');
    await run(`${script(`{ printf '<%s>' "$@"; env; } >${out}`)}  a\t$HOME  ;b "c d"`);
    delete process.env.PIRANHA_SECRET;
    const text = readFileSync(out, 'utf8');
    expect(text).toContain('<a><$HOME><;b><"c><d">');
    expect(text).toContain('PIRANHA_ROLE=active');
    expect(text).toContain('PIRANHA_EVENT=partner dead');
    expect(text).not.toContain('hidden');
    expect(idsOf()).toEqual(['PULSE_STATE_COMMAND_STARTED', 'PULSE_STATE_COMMAND_ENDED']);
  });

  it('logs the first lines of what it says, and its failure, but no argument', async () => {
    await run(
      `${script('i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done; echo oh >&2; exit 3')} secret`,
    );
    const said = lines.filter(({ id }) => id === 'PULSE_STATE_COMMAND_OUTPUT');
    expect(said).toHaveLength(10);
    expect(said[0]?.fields.line).toBe('line 0');
    expect(lines.at(-1)).toMatchObject({
      id: 'PULSE_STATE_COMMAND_FAILED',
      fields: { problem: 'exit status 3' },
    });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('kills it and its children past the limit', async () => {
    const pidFile = join(directory, 'pid');
    await run(script(`sleep 600 & echo $! >${pidFile}; wait`), 500);
    expect(lines.at(-1)?.fields.problem).toContain('killed');
    const pid = Number(readFileSync(pidFile, 'utf8'));
    await expect.poll(() => stateOf(pid), { timeout: 10_000 }).toMatch(/^[ZX]?$/);
  });

  it('does not wait for what the command leaves running', async () => {
    const pidFile = join(directory, 'pid');
    await run(script(`sleep 600 & echo $! >${pidFile}; echo started`));
    expect(idsOf().at(-1)).toBe('PULSE_STATE_COMMAND_ENDED');
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  });

  it('tells of a command that is not there, and does nothing for an empty one', async () => {
    await run('/nonexistent/command now');
    expect(idsOf()).toEqual(['PULSE_STATE_COMMAND_FAILED']);
    lines = [];
    await run('  ');
    expect(lines).toEqual([]);
  });
});

function stateOf(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}
