import type { VirtualServerConfig } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import type { Health } from '../../src/core/health.js';
import { healthNotice, sorryNotices } from '../../src/core/notices.js';
import { realServer, virtualServer } from '../support.js';

const SERVER = realServer({ name: 'one', address: '10.0.0.11', port: 8080 });
const SERVICE: VirtualServerConfig = virtualServer({ name: 'web', servers: [SERVER] });

const told = (before: Health, after: Health): string | undefined =>
  healthNotice(SERVICE, SERVER, before, { health: after, reason: 'because' })?.id;

describe('what lvsd tells', () => {
  it.each([
    ['up', 'down', 'NOTIFY_SERVER_DOWN'],
    ['unknown', 'down', 'NOTIFY_SERVER_DOWN'],
    ['down', 'up', 'NOTIFY_SERVER_UP'],
    ['unknown', 'up', undefined],
    ['up', 'up', undefined],
    ['up', 'unknown', undefined],
  ] as const)('of a server that was %s and is %s', (before, after, id) => {
    expect(told(before, after)).toBe(id);
  });

  it('of a server names service, address and reason', () => {
    const notice = healthNotice(SERVICE, SERVER, 'up', { health: 'down', reason: 'timeout' });
    expect(notice?.text).toBe('real server web/one (10.0.0.11) is down: timeout');
    expect(notice?.environment).toMatchObject({ PIRANHA_SERVICE: 'web', PIRANHA_SERVER: 'one' });
  });

  it('of a sorry server, for services that are there', () => {
    const changes = [
      { service: 'web', address: '10.0.0.99', active: true },
      { service: 'gone', address: '10.0.0.98', active: false },
    ];
    expect(sorryNotices([SERVICE], changes).map(({ id, text }) => [id, text])).toEqual([
      ['NOTIFY_SORRY_ON', 'sorry server 10.0.0.99 of web is in use: no real server is up'],
    ]);
  });
});
