import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicNowMs } from '@piranha/common';
import type { FenceConfig, WitnessConfig, WitnessTarget } from '@piranha/config';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TakeoverGate } from '../../src/shell/takeover-gate.js';

const WAIT = { timeout: 20_000, interval: 5 };
/** Not in the list of this machine's addresses, so that it counts as another host. */
const HOST = '127.0.0.2';

describe('the gate before a takeover', () => {
  let directory: string;
  let server: Server;
  let port: number;
  let gate: TakeoverGate | undefined;
  let lines: { id: string; fields: Record<string, unknown> }[];
  const onNews = vi.fn();

  const idsOf = () => lines.map(({ id }) => id);
  const gateOf = (
    targets: readonly WitnessTarget[],
    changes: Partial<WitnessConfig> = {},
    fence?: FenceConfig,
  ) => {
    const witness: WitnessConfig = {
      targets,
      policy: 'require',
      quorum: 1,
      intervalMs: 200,
      holdLimitMs: 400,
      marginMs: 10,
      takeAfterMs: 500,
      ...changes,
    };
    const made = new TakeoverGate({
      configuration: { witness, fence, keepaliveMs: 50 },
      partner: '10.0.0.2',
      log: { log: (id, fields = {}) => void lines.push({ id, fields }) },
      onNews,
    });
    made.start();
    gate = made;
    return made;
  };
  const tcp = (at = port): WitnessTarget => ({
    kind: 'tcp',
    name: `tcp ${HOST}:${at}`,
    address: HOST,
    port: at,
  });
  const fenceOf = (text: string, failure: FenceConfig['failure'] = 'wait'): FenceConfig => {
    const command = join(directory, 'fence.sh');
    writeFileSync(command, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return { command, timeoutMs: 20_000, failure };
  };
  const eventually = (made: TakeoverGate, lastHeardMs: number) =>
    vi.waitFor(() => {
      made.tick(lastHeardMs);
      expect(made.mayTake(lastHeardMs).verdict).toBe('take');
    }, WAIT);

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-gate-'));
    lines = [];
    server = createServer((socket) => void socket.on('error', () => undefined)).listen(0, HOST);
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => {
    gate?.stop();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is open where there is neither witness nor fence, and says nothing', () => {
    const open = gateOf([]);
    expect(open.mayTake(0).verdict).toBe('take');
    expect(open.mustLetGo(0, 0).verdict).toBe('no');
    expect(open.status()).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('opens with the witness, and tells each turn once', async () => {
    const heardMs = monotonicNowMs();
    const made = gateOf([tcp()]);
    expect(made.mayTake(heardMs)).toMatchObject({ verdict: 'wait' });
    await eventually(made, heardMs);
    expect(idsOf()).toEqual(['PULSE_WITNESS_WAIT', 'PULSE_WITNESS_BACK', 'PULSE_WITNESS_AGREES']);
    expect(onNews).toHaveBeenCalled();
  });

  it('stays closed without a witness, and lets a holder go', async () => {
    const heardMs = monotonicNowMs();
    server.close();
    const made = gateOf([tcp()]);
    await vi.waitFor(() => expect(idsOf()).toContain('PULSE_WITNESS_LOST'), WAIT);
    await vi.waitFor(() => expect(made.mayTake(heardMs)).toMatchObject({ untilMs: Infinity }), WAIT);
    made.mayTake(heardMs);
    expect(idsOf().filter((id) => id === 'PULSE_WITNESS_REFUSED')).toHaveLength(1);
    expect(made.mustLetGo(heardMs, heardMs).verdict).toBe('yes');
    expect(idsOf().at(-1)).toBe('PULSE_WITNESS_LETS_GO');
  });

  it('runs the fence only when the witness agrees, and takes when the partner is off', async () => {
    const heardMs = monotonicNowMs();
    const made = gateOf([tcp()], {}, fenceOf('exit 0'));
    await eventually(made, heardMs);
    const ids = idsOf();
    expect(ids.indexOf('PULSE_FENCE_STARTED')).toBeGreaterThan(ids.indexOf('PULSE_WITNESS_AGREES'));
    expect(ids).toContain('PULSE_FENCE_DONE');
    // A partner that is off takes nothing: no witness is needed to hold on.
    expect(made.mustLetGo(heardMs, heardMs).verdict).toBe('no');
  });

  it('does not take while the fence fails, and forgets all when the partner is heard', async () => {
    const made = gateOf([], {}, fenceOf('exit 1'));
    expect(made.mayTake(0)).toMatchObject({ verdict: 'wait', untilMs: Infinity });
    await vi.waitFor(() => expect(idsOf()).toContain('PULSE_FENCE_FAILED'), WAIT);
    await vi.waitFor(() => expect(made.mayTake(0).reason).toContain('no takeover until it succeeds'), WAIT);
    expect(idsOf()).toContain('PULSE_FENCE_BLOCKS');
    made.heard();
    const before = lines.length;
    made.mayTake(0);
    expect(idsOf().slice(before)).toContain('PULSE_FENCE_STARTED');
  });

  it('takes all the same where lvs.cf says so', async () => {
    await eventually(gateOf([], {}, fenceOf('exit 1', 'take')), 0);
  });

  it('kills the fence when the partner is heard meanwhile', async () => {
    const made = gateOf([], {}, fenceOf('sleep 600'));
    made.mayTake(0);
    made.heard();
    await vi.waitFor(() => {
      expect(lines.at(-1)).toMatchObject({
        id: 'PULSE_FENCE_FAILED',
        fields: { problem: 'the partner was heard' },
      });
    }, WAIT);
    expect(made.mayTake(0).verdict).toBe('wait');
  });
});
