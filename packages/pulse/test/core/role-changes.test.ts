import { describe, expect, it } from 'vitest';
import { stepPulse } from '../../src/core/machine.js';
import { roleChanges } from '../../src/core/role-changes.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseEvent, PulseStart, PulseState } from '../../src/core/types.js';
import { testSettings } from '../support/virtual-pair.js';

const SETTINGS = testSettings('backup');

/** One real state machine, and what would be told of it. */
class Node {
  private state: PulseState;
  nowMs = 100_000;
  readonly told: string[] = [];
  partnerMissed = false;

  constructor(start: PulseStart = { type: 'fresh' }) {
    this.state = startPulse(SETTINGS, start, this.nowMs).state;
  }

  feed(event: PulseEvent): void {
    const { state } = stepPulse(SETTINGS, this.state, event, this.nowMs);
    for (const { change, reason } of roleChanges(SETTINGS, this.state, state, this.partnerMissed)) {
      this.told.push(`${change}: ${reason}`);
      if (change === 'partner-lost') this.partnerMissed = true;
    }
    this.state = state;
  }

  hear(word: 'lvs running' | 'lvs stopped'): void {
    this.feed({ type: 'heard', word, random: 0.5 });
  }

  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, this.nowMs + SETTINGS.keepaliveMs);
      this.feed({ type: 'tick', lateMs: 0 });
    }
  }
}

describe('what is told of a role', () => {
  it('is nothing while all goes on as it is', () => {
    const node = new Node();
    for (let beat = 0; beat < 20; beat += 1) {
      node.pass(50);
      node.hear('lvs running');
    }
    expect(node.told).toEqual([]);
  });

  it('is a takeover when the addresses are up, not before, and the partner that was lost', () => {
    const node = new Node();
    node.hear('lvs running');
    node.pass(60_000);
    expect(node.told).toEqual(['partner-lost: nothing is heard from it']);
    node.feed({ type: 'taken' });
    expect(node.told.slice(1)).toEqual(['active: partner dead']);
    node.hear('lvs stopped');
    expect(node.told.slice(2)).toEqual(['partner-back: it says lvs stopped']);
  });

  it('is a handover when the addresses are down', () => {
    const node = new Node({ type: 'forced' });
    node.feed({ type: 'taken' });
    node.hear('lvs stopped');
    node.feed({ type: 'handover' });
    node.hear('lvs running');
    expect(node.told).toEqual(['active: forced active on startup']);
    node.feed({ type: 'dropped' });
    expect(node.told.slice(1)).toEqual(['standby: partner took over']);
  });

  it('is no new role when a handover is undone', () => {
    const node = new Node({ type: 'forced' });
    node.feed({ type: 'taken' });
    node.hear('lvs stopped');
    node.feed({ type: 'handover' });
    node.nowMs += 900;
    node.hear('lvs stopped');
    node.pass(200);
    expect(node.told).toEqual(['active: forced active on startup']);
  });

  it('is a failure and its end', () => {
    const node = new Node();
    node.feed({ type: 'localFailure', what: 'eth0 is down', disables: true });
    node.feed({ type: 'localRecovered' });
    expect(node.told).toEqual(['fault: eth0 is down', 'recovered: eth0 is down']);
  });

  it('is a stop once nothing is held', () => {
    const node = new Node({ type: 'forced' });
    node.feed({ type: 'taken' });
    node.feed({ type: 'shutdown', signal: 'SIGTERM' });
    expect(node.told).toEqual(['active: forced active on startup']);
    node.feed({ type: 'dropped' });
    expect(node.told.slice(1)).toEqual(['stopped: stopping']);
  });

  it('is nothing for a pulse that goes on where another ended', () => {
    const node = new Node({ type: 'adopt' });
    node.feed({ type: 'taken' });
    expect(node.told).toEqual([]);
  });
});
