import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stepPulse } from '../../src/core/machine.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseEvent, PulseState } from '../../src/core/types.js';
import { LvsdWord } from '../../src/shell/lvsd-word.js';
import { MaintenanceFile } from '../../src/shell/maintenance-file.js';
import { NodePolicy } from '../../src/shell/node-policy.js';
import { nodeView } from '../support/node-views.js';
import { testSettings } from '../support/virtual-pair.js';

const GAMMA = { name: 'gamma', rank: 2 };
const OTHERS = [
  { name: 'alpha', rank: 0 },
  { name: 'beta', rank: 1 },
];
const SETTINGS = { ...testSettings('backup'), self: GAMMA, others: OTHERS };
const HOLD_MS = 5_000;
const PATHS = [
  { name: 'public', director: 'alpha', local: '192.0.2.3', partner: '192.0.2.1' },
  { name: 'public', director: 'beta', local: '192.0.2.3', partner: '192.0.2.2' },
] as const;
const NAMES = { own: 'gamma', others: ['alpha', 'beta'], isSeveral: true };

let directory: string;
let state: PulseState;
let events: PulseEvent[];
let policy: NodePolicy;

/** The third director serves, and hears these. */
function servesAndHears(...names: readonly string[]): void {
  const beats = names.map((from): PulseEvent => {
    const event = {
      type: 'heardOf',
      from,
      rank: from === 'alpha' ? 0 : 1,
      duty: 'standby',
      asksRelease: false,
      isReady: true,
    } as const;
    return { ...event, relays: [] };
  });
  // Long after the others fell silent.
  const nowMs = performance.now() + 10_000;
  const served: PulseState = { ...startPulse(SETTINGS, { type: 'adopt' }, nowMs - 3_000).state };
  const silent = stepPulse(SETTINGS, { ...served, nextSendMs: nowMs }, { type: 'tick', lateMs: 0 }, nowMs);
  state = beats.reduce((before, event) => stepPulse(SETTINGS, before, event, nowMs).state, silent.state);
}

beforeEach(() => {
  vi.useFakeTimers();
  directory = mkdtempSync(join(tmpdir(), 'failback-several-'));
  events = [];
  const log = { log: () => undefined };
  const configuration = { standby: 'warm', failback: 'ready', failbackHoldMs: HOLD_MS };
  const word = new LvsdWord();
  servesAndHears();
  policy = new NodePolicy(
    {
      log: log as never,
      backend: { children: [], syncListening: () => undefined } as never,
      maintenance: new MaintenanceFile(join(directory, 'state'), log),
      lvsdWord: word,
    },
    {
      dispatch: (event) => void events.push(event),
      now: () => ({
        ...{ state, settings: SETTINGS, paths: PATHS, directorNames: NAMES },
        configuration: configuration as never,
      }),
      groups: () => [
        { name: 'main', state, settings: SETTINGS, isKnown: true, isAlike: true, isPhantom: false },
      ],
      cost: () => Promise.resolve(undefined),
      coverage: () => Promise.resolve(undefined),
      witness: () => undefined,
      partnerView: (name) => (name === undefined ? undefined : nodeView()),
      onMissed: () => undefined,
    },
  );
  policy.start(['main']);
  word.heard({ pid: 7, ready: true, tableInSync: true, serversUp: 3, serversTotal: 3 });
});
afterEach(() => {
  policy.stop();
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

const moves = () => events.filter(({ type }) => type === 'handover');

describe('failback among several directors', () => {
  it('gives the addresses back to the first alone', () => {
    servesAndHears('beta');
    vi.advanceTimersByTime(HOLD_MS + 2_000);
    expect(moves()).toEqual([]);
    servesAndHears('alpha', 'beta');
    vi.advanceTimersByTime(HOLD_MS + 2_000);
    expect(moves()).toEqual([{ type: 'handover', to: 'alpha' }]);
  });

  it('tells the state machine when this node becomes ready, for others wait for it then', () => {
    vi.advanceTimersByTime(600);
    expect(events).toContainEqual({ type: 'readiness', isReady: true });
  });

  it('tells it at once when a beat says so first', async () => {
    expect(policy.ownView()).toMatchObject(nodeView());
    await Promise.resolve();
    expect(events).toEqual([{ type: 'readiness', isReady: true }]);
  });

  it('hands over to the director that an operator names, and knows no other name', async () => {
    const request = { to: { name: 'beta', addresses: [] } };
    void policy.moves.handover(request);
    expect(moves()).toMatchObject([{ to: 'beta', views: { name: 'beta', partner: nodeView() } }]);
    await expect(policy.moves.handover({ to: { name: 'delta', addresses: [] } })).rejects.toMatchObject({
      code: 'PULSE_NOT_THE_PARTNER',
      message: 'delta is none of the other directors, which are alpha, beta',
    });
  });
});
