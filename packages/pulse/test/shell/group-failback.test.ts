import { beforeEach, describe, expect, it } from 'vitest';
import type { Views } from '../../src/core/move-refusal.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseState } from '../../src/core/types.js';
import { GroupFailback, type PolicyGroup } from '../../src/shell/group-failback.js';
import { nodeView } from '../support/node-views.js';
import { testSettings } from '../support/virtual-pair.js';

const SETTINGS = testSettings('primary');
const HOLD_MS = 1_000;

let due: string[];
let lines: string[];
let views: Views;
let nowMs: number;
let failback: GroupFailback;

/** A group at the primary. */
function group(name: string, words: Partial<PulseState>, more: Partial<PolicyGroup> = {}): PolicyGroup {
  const state = { ...startPulse(SETTINGS, { type: 'fresh' }, 0).state, partnerWord: 'lvs stopped', ...words };
  const settings = { ...SETTINGS, preferred: name === 'main' };
  return {
    name,
    state: state as PulseState,
    settings,
    isKnown: true,
    isAlike: true,
    isPhantom: false,
    ...more,
  };
}

function look(durationMs: number, ...groups: readonly PolicyGroup[]): void {
  for (const endMs = nowMs + durationMs; nowMs < endMs; nowMs += 100) {
    // The other one is heard all the time.
    const heard = groups.map((one) => ({ ...one, state: { ...one.state, lastHeardMs: nowMs } }));
    failback.look(heard, nowMs);
  }
}

beforeEach(() => {
  [due, lines, nowMs] = [[], [], 10_000];
  views = { own: nodeView(), partner: nodeView() };
  failback = new GroupFailback({
    configuration: () => ({ failback: 'ready', failbackHoldMs: HOLD_MS }),
    viewOf: ({ state }) => ({ state, views, to: undefined }),
    coverage: async () => undefined,
    learns: () => false,
    onDue: (name) => void due.push(name),
    log: (id, _, name) => void lines.push(`${id} ${name}`),
  });
});

describe('failback of groups', () => {
  it('gives back what the other one is preferred for, and nothing else', () => {
    failback.remember(['post', 'main']);
    look(2_000, group('main', { duty: 'active' }), group('post', { duty: 'active' }));
    expect(due).toEqual(['post']);
    expect(lines).toEqual(['PULSE_FAILBACK_WAITS post', 'PULSE_FAILBACK post']);
    expect([...failback.missed]).toEqual(['post']);
  });

  it('leaves where it is what an operator put there', () => {
    look(5_000, group('main', { duty: 'active' }), group('post', { duty: 'active' }));
    expect(due).toEqual([]);
  });

  it('waits for a partner whose lvs.cf has the group', () => {
    failback.remember(['post']);
    look(3_000, group('post', { duty: 'active' }, { isKnown: false }));
    expect(due).toEqual([]);
    look(2_000, group('post', { duty: 'active' }));
    expect(due).toEqual(['post']);
  });

  it('waits for a partner that goes by the same lvs.cf', () => {
    failback.remember(['post']);
    look(2_000, group('post', { duty: 'active' }, { isAlike: false }));
    expect(due).toEqual([]);
    look(2_000, group('post', { duty: 'active' }));
    expect(due).toEqual(['post']);
  });

  it('says nothing of a main group without an address', () => {
    failback.remember(['main']);
    const settings = { ...SETTINGS, preferred: false };
    look(2_000, group('main', { duty: 'active' }, { settings, isPhantom: true }));
    expect(due).toEqual(['main']);
    expect(lines).toEqual([]);
  });

  it('forgets groups that lvs.cf does not have any more', () => {
    failback.remember(['post']);
    look(100, group('main', { duty: 'active' }));
    expect([...failback.missed]).toEqual([]);
  });
});
