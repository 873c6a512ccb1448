import type { ServerOrder } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { placedServers } from '../../src/core/find-servers.js';
import { logOrderChange } from '../../src/shell/maintenance-lines.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

const [placed] = placedServers(configurationOf([virtualServer({ servers: [realServer()] })]));
if (placed === undefined) throw new Error('no place');

const AT = '2026-03-01T12:00:00.000Z';
const TAKEN_BACK: ServerOrder = {
  place: placed.key,
  kind: 'none',
  by: 'root',
  at: AT,
  reason: 'done',
  version: 2,
};

/** What is logged when an order ends that somebody gave, beside one of root's that was taken back. */
function endOf(by: string): unknown {
  const logged: unknown[] = [];
  const log = { log: (event: string, fields: object = {}) => logged.push({ event, ...fields }) };
  const before = { kind: 'drain', by, at: AT, reason: '' } as const;
  logOrderChange(log, placed, { key: placed?.key ?? '', before, after: undefined }, [TAKEN_BACK], new Map());
  return logged[0];
}

describe('the line about an order that ends', () => {
  it('says who took it back', () => {
    expect(endOf('ops')).toMatchObject({ event: 'LVSD_ENABLED', by: 'root', reason: 'done' });
  });

  it('of a file says so, although somebody took back another order long ago', () => {
    expect(endOf('file web1')).toMatchObject({
      event: 'LVSD_ENABLED',
      by: 'the end of its file',
      reason: 'no reason given',
    });
  });
});
