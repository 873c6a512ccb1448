import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlServer, type HeartbeatMeasurement, runDirectory } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { always, heartbeats, quality, silences } from '../support/heartbeats.js';
import { type Ran, run } from '../support/run.js';

const PAGE = join(import.meta.dirname, '../../../../docs/heartbeat-timing.md');

let directory: string;
let server: ControlServer | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsctl-'));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function advise(measured: HeartbeatMeasurement, ...words: string[]): Promise<Ran> {
  await server?.close();
  const path = runDirectory(directory).pulseSocket;
  server = await ControlServer.listen({ path, methods: { heartbeats: () => measured } });
  return run(['advise', ...words, '--run-dir', directory]);
}

describe('lvsctl advise', () => {
  it('prints what the page shows', async () => {
    const block = /^```text\nmeasured[\s\S]*?^```$/m.exec(readFileSync(PAGE, 'utf8'))?.[0] ?? '';
    const { status, stdout, stderr } = await advise(heartbeats());
    expect(`\`\`\`text\n${stdout}\`\`\``).toBe(block);
    expect([status, stderr]).toEqual([0, '']);
  });

  it('proposes lines of an lvs.cf that keep the wanted rate, longer ones for a rarer rate', async () => {
    const deadtime = async (...words: string[]): Promise<number> => {
      const { stdout } = await advise(heartbeats(), ...words);
      return Number(/^deadtime = (.*)$/m.exec(stdout)?.[1]);
    };
    expect(await deadtime()).toBe(3.1);
    expect(await deadtime('--rate', '1000')).toBeGreaterThan(await deadtime('--rate', '0.5'));
    const json = JSON.parse((await advise(heartbeats(), '--rate', '5', '--json')).stdout);
    expect(json).toMatchObject({
      advice: { verdict: 'proposed', wantedPerYear: 0.2 },
      measured: heartbeats(),
    });
    expect(json.advice.proposal.perYear).toBeLessThanOrEqual(0.2);
  });

  it('takes the rate of lvs.cf without --rate', async () => {
    const { stdout } = await advise(heartbeats({ falseTakeoverYears: 400 }));
    expect(stdout).toContain('(wanted: one in 400 years)');
  });

  it('says that losses come in bursts', async () => {
    const late = [...silences().late, [3_018.1, 1] as const];
    const { status, stdout } = await advise(
      heartbeats({ together: always(silences({ late, longestMs: 4_018 })) }),
    );
    expect(status).toBe(0);
    expect(stdout).toContain('missed on all paths once: at most');
    expect(stdout).toContain('in bursts');
    expect(stdout).not.toContain('Should losses and lateness stay');
  });

  it('ends with 1 and promises nothing after too few heartbeats', async () => {
    const few = heartbeats({ together: always(silences({ observedMs: 900_000 })) });
    const { status, stdout } = await advise(few);
    expect(status).toBe(1);
    expect(stdout).toContain('No advice yet: it takes 1,000 heartbeats.');
    expect(stdout).not.toMatch(/Proposal|expected/);
  });

  it('ends with 1 without a partner, and with one that was never heard', async () => {
    const paths = heartbeats().paths.map((path) => ({
      ...path,
      heard: false,
      quality: always(quality({ beats: 0, lost: 0, longestGapMs: 0, longestGapAt: undefined })),
    }));
    const never = await advise(heartbeats({ paths, partner: 'silent' }));
    expect([never.status, never.stdout]).toEqual([1, expect.stringContaining('the partner was never heard')]);
    const lone = await advise(heartbeats({ paths: [], partner: 'none' }));
    expect([lone.status, lone.stdout]).toEqual([1, expect.stringContaining('names no partner')]);
  });

  it('tells the measured threshold from the one in use', async () => {
    const { stdout } = await advise(heartbeats({ adaptive: { enabled: true, thresholdMs: 3_019 } }));
    expect(stdout).toContain('adaptive = 1; measured now: the partner counts as dead after 3.02 s');
  });

  it('says what is not as it should be', async () => {
    const [first, second] = heartbeats().paths;
    if (first === undefined || second === undefined) throw new Error('the sample has two paths');
    const { stdout } = await advise(
      heartbeats({
        partner: 'silent',
        interruptions: 3,
        paths: [
          { ...first, quality: always(quality({ lost: 180_000 })) },
          { ...second, quality: always(quality({ p50Ms: 1_000 })) },
        ],
        own: { ticks: 1, p99Ms: 1, p999Ms: 400, maxMs: 600 },
        adaptive: { enabled: true, because: 'fewer than two paths are heard well' },
      }),
    );
    expect(stdout).toContain('The partner is silent now');
    expect(stdout).toContain('3 silences longer than the deadtime are left out');
    expect(stdout).toContain('Path public: 50 % of the heartbeats did not come. Has the partner');
    expect(stdout).toContain('Path private: half of the gaps are about 2 s.');
    expect(stdout).toContain('late by up to 600 ms');
    expect(stdout).toContain('adaptive = 1; it could do nothing now: fewer than two paths are heard well.');
  });

  it('ends with 2 for a rate that is none, with 3 without pulse, with 4 for another answer', async () => {
    for (const rate of ['0', '-1', 'often', '1e9'])
      expect((await advise(heartbeats(), '--rate', rate)).status).toBe(2);
    await server?.close();
    server = undefined;
    expect((await run(['advise', '--run-dir', directory])).status).toBe(3);
    const other = { ...heartbeats(), paths: 'none' } as unknown as HeartbeatMeasurement;
    expect((await advise(other)).status).toBe(4);
  });
});
