import type { EventLog } from '@piranha/events';
import { describe, expect, it } from 'vitest';
import type { PulseEvent } from '../../src/core/types.js';
import { FailureBoard } from '../../src/shell/failure-board.js';

function board() {
  const events: PulseEvent[] = [];
  const lines: string[] = [];
  const log = { log: (event: string) => lines.push(event) } as unknown as EventLog;
  return { events, lines, log, board: new FailureBoard((event) => events.push(event)) };
}

describe('FailureBoard', () => {
  it('says nothing before the state machine is there, and then what there is', () => {
    const { board: failures, events } = board();
    failures.child('lvsd', true);
    expect(events).toEqual([]);
    failures.open();
    expect(events).toEqual([{ type: 'localFailure', what: 'lvsd does not stay up', disables: false }]);
  });

  it('recovers only when everything has', () => {
    const { board: failures, events, log } = board();
    failures.open();
    failures.child('lvsd', true);
    failures.links(['Primary NIC: link down'], log);
    failures.child('lvsd', false);
    expect(events.at(-1)).toEqual({
      type: 'localFailure',
      what: 'Primary NIC: link down',
      disables: true,
    });
    failures.links([], log);
    expect(events.at(-1)).toEqual({ type: 'localRecovered' });
  });

  it('logs the old phrases once for each change', () => {
    const { board: failures, lines, log } = board();
    failures.open();
    failures.links(['Primary NIC: link down'], log);
    failures.links(['Primary NIC: link down', 'Private NIC: link down'], log);
    failures.links([], log);
    expect(lines).toEqual([
      'PULSE_LINK_DOWN',
      'PULSE_LINK_DISABLED',
      'PULSE_LINK_DOWN',
      'PULSE_LINK_ENABLED',
    ]);
  });
});
