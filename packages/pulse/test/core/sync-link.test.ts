import { describe, expect, it } from 'vitest';
import type { HeartbeatPath } from '../../src/core/settings.js';
import { movesLink } from '../../src/core/sync-link.js';

const PATH: HeartbeatPath = { name: 'public', local: '192.0.2.1', partner: '192.0.2.2' };
const LINK = { paths: [PATH], configuration: { heartbeatPort: 539 }, beat: { keyFile: '/etc/beat.keys' } };

describe('a file that moves the heartbeats', () => {
  it.each([
    ['another own address', { paths: [{ ...PATH, local: '192.0.2.9' }] }],
    ['another address of the partner', { paths: [{ ...PATH, partner: '192.0.2.9' }] }],
    ['swapped roles', { paths: [{ ...PATH, local: PATH.partner, partner: PATH.local }] }],
    ['one path more', { paths: [PATH, { ...PATH, name: 'private' as const }] }],
    ['no partner', { paths: [] }],
    ['another port', { configuration: { heartbeatPort: 540 } }],
    ['another key file', { beat: { keyFile: '/etc/other.keys' } }],
    ['no key', { beat: undefined }],
  ])('is one with %s', (_, change) => expect(movesLink(LINK, { ...LINK, ...change })).toBe(true));

  it('is no other one', () => expect(movesLink(LINK, structuredClone(LINK))).toBe(false));
});
