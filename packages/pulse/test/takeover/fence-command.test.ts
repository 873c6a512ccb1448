import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runFence } from '../../src/takeover/fence-command.js';

const WAIT = { timeout: 20_000, interval: 5 };

describe('fence_cmd', () => {
  let directory: string;
  let lines: { id: string; fields: Record<string, unknown> }[];
  const log = {
    log: (id: string, fields: Record<string, unknown> = {}) => void lines.push({ id, fields }),
  };
  const script = (text: string): string => {
    const path = join(directory, 'fence.sh');
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  };
  const run = (command: string, timeoutMs = 20_000) =>
    runFence({ fence: { command, timeoutMs }, partner: '10.0.0.2', attempt: 2, log });
  const idsOf = () => lines.map(({ id }) => id);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-fence-'));
    lines = [];
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('says that the partner is off by its exit status, without a shell', async () => {
    const out = join(directory, 'out');
    const command = `${script(`{ printf '<%s>' "$@"; env; } >${out}; echo done`)} --password=x;y $HOME`;
    expect(await run(command).ended).toEqual({ problem: undefined });
    const text = readFileSync(out, 'utf8');
    expect(text).toContain('<--password=x;y><$HOME>');
    expect(text).toContain('PIRANHA_PARTNER=10.0.0.2\n');
    expect(text).toContain('PIRANHA_ATTEMPT=2\n');
    expect(idsOf()).toEqual(['PULSE_FENCE_STARTED', 'PULSE_FENCE_OUTPUT', 'PULSE_FENCE_DONE']);
    expect(JSON.stringify(lines)).not.toContain('password');
  });

  it('has failed with any other status', async () => {
    expect(await run(script('exit 3')).ended).toEqual({ problem: 'exit status 3' });
    expect(idsOf()).toEqual(['PULSE_FENCE_STARTED', 'PULSE_FENCE_FAILED']);
  });

  it('has failed where it is not there', async () => {
    expect((await run('/nonexistent/fence').ended).problem).toContain('ENOENT');
    expect(idsOf()).toEqual(['PULSE_FENCE_FAILED']);
  });

  it('is killed after its time, with what it started', async () => {
    const command = script('sleep 600 & sleep 600');
    expect(await run(command, 100).ended).toEqual({ problem: 'it ran longer than 100 ms and was killed' });
  });

  it('is killed when the partner is heard, and does not call it off then', async () => {
    const mark = join(directory, 'mark');
    const fence = run(script(`trap 'exit 0' TERM; touch ${mark}; while :; do sleep 0.1; done`));
    await vi.waitFor(() => readFileSync(mark), WAIT);
    fence.cancel('the partner was heard');
    expect(await fence.ended).toEqual({ problem: 'the partner was heard' });
  });
});
