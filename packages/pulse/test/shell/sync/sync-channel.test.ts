import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { UserError } from '@piranha/common';
import { syncIdentityText, syncKey } from '@piranha/protocol/beat';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callPartner } from '../../../src/shell/sync/sync-call.js';
import { type SyncHandler, SyncListener } from '../../../src/shell/sync/sync-listener.js';
import { SYNC_LIMITS, SYNC_TLS, type SyncLimits, type SyncLine } from '../../../src/shell/sync/sync-tls.js';
import { arrayLog, drawnEnds, drawnSecret, ringOf } from '../../support/sync-ends.js';

const SECRET = drawnSecret();
let ends: ReturnType<typeof drawnEnds>;
let log: ReturnType<typeof arrayLog>;
let listener: SyncListener;

const echo: SyncHandler = async (call) => {
  if (call.method === 'refuse') throw new UserError('not today', { code: 'SYNC_BUSY', hint: 'tomorrow' });
  return call;
};

async function listen(limits: SyncLimits = SYNC_LIMITS): Promise<void> {
  listener = new SyncListener(log.log, echo, limits);
  await listener.change(ends.backup);
}

beforeEach(() => {
  ends = drawnEnds(ringOf([1, SECRET]));
  log = arrayLog();
});
afterEach(() => listener.close());

const ask = (line: SyncLine, method = 'read', params: unknown = {}) =>
  callPartner(line, method, params, 5_000);
const code = (name: string) => expect.objectContaining({ code: name });
const addressOf = ({ paths }: SyncLine) => paths[0]?.local ?? '';
const denials = () =>
  log.lines.filter(([event]) => event === 'PULSE_SYNC_DENIED').map(([, { reason }]) => reason);

/** A bare connection from the partner's address to the listener. */
function bare(from = addressOf(ends.primary)): Socket {
  const { port } = ends.backup;
  const socket = connect({ host: addressOf(ends.backup), port, localAddress: from });
  socket.on('error', () => undefined);
  return socket;
}

/** A proven connection whose frames are written by hand. */
async function proven() {
  const { node, peer, ring, port } = ends.primary;
  const identity = { from: node, to: peer, keyId: 1 };
  const options = {
    ...SYNC_TLS,
    ...{ host: addressOf(ends.backup), port, localAddress: addressOf(ends.primary) },
    pskCallback: () => ({
      psk: syncKey(ring, identity) ?? Buffer.alloc(0),
      identity: syncIdentityText(identity),
    }),
  };
  const socket = connectTls(options);
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  return socket;
}

/** What comes until the connection ends. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  if (!socket.destroyed) await once(socket, 'close');
  return text;
}

describe('the channel to the partner', () => {
  it('listens once on an address that two paths share', async () => {
    const [path] = ends.backup.paths;
    if (path === undefined) throw new Error('no path');
    const group = { ...path, name: 'group', multicast: '239.77.5.39' };
    ends = { ...ends, backup: { ...ends.backup, paths: [path, group] } };
    await listen();
    expect(log.lines.map(([event]) => event)).toEqual([]);
    await expect(ask(ends.primary)).resolves.toMatchObject({ method: 'read' });
  });

  it('carries a question and its answer, or the refusal with code and hint', async () => {
    await listen();
    const params = { text: 'x'.repeat(5_000_000) };
    expect(await ask(ends.primary, 'write', params)).toEqual({
      ...{ method: 'write', params, address: addressOf(ends.primary) },
    });
    await expect(ask(ends.primary, 'refuse')).rejects.toMatchObject({ code: 'SYNC_BUSY', hint: 'tomorrow' });
    expect(log.lines).toEqual([]);
  });

  it('takes every key of the file, and the new file from the next connection on', async () => {
    await listen();
    const next = drawnSecret();
    await listener.change({ ...ends.backup, ring: ringOf([1, SECRET], [2, next]) });
    for (const ring of [ringOf([1, SECRET]), ringOf([2, next], [1, SECRET])]) {
      expect(await ask({ ...ends.primary, ring })).toMatchObject({ method: 'read' });
    }
    await listener.change({ ...ends.backup, ring: ringOf([2, next]) });
    await expect(ask(ends.primary)).rejects.toEqual(code('SYNC_DENIED'));
  });

  it('believes neither another secret, nor another id, nor another name', async () => {
    await listen();
    const wrong = [
      { ...ends.primary, ring: ringOf([1, drawnSecret()]) },
      { ...ends.primary, ring: ringOf([7, SECRET]) },
      { ...ends.primary, node: 'other' },
      { ...ends.primary, peer: 'primary' },
      // What a handshake would be that is turned back to its sender.
      { ...ends.primary, node: 'backup', peer: 'primary' },
    ];
    for (const line of wrong) await expect(ask(line)).rejects.toEqual(code('SYNC_DENIED'));
    expect(denials()).not.toEqual([]);
    expect(await ask(ends.primary)).toMatchObject({ method: 'read' });
  });

  it('does not believe a listener with another key', async () => {
    ends = { ...ends, backup: { ...ends.backup, ring: ringOf([1, drawnSecret()]) } };
    await listen();
    await expect(ask(ends.primary)).rejects.toEqual(code('SYNC_DENIED'));
  });

  it('gives no ticket by which a key that is gone would live on', async () => {
    await listen();
    const first = await proven();
    const tickets: Buffer[] = [];
    first.on('session', (ticket) => tickets.push(ticket));
    first.write('{"v":1,"id":1,"method":"read"}\n');
    expect(await readAll(first)).toContain('"read"');
    await listener.change({ ...ends.backup, ring: ringOf([2, drawnSecret()]) });
    expect(tickets).not.toEqual([]);
    for (const session of tickets) {
      const options = { ...SYNC_TLS, host: addressOf(ends.backup), port: ends.backup.port, session };
      const again = connectTls({
        ...options,
        localAddress: addressOf(ends.primary),
        rejectUnauthorized: false,
      } as typeof options);
      const outcome = await Promise.race([
        once(again, 'secureConnect').then(() => 'let in'),
        once(again, 'error').then(() => 'refused'),
      ]).catch(() => 'refused');
      again.destroy();
      expect(outcome).toBe('refused');
    }
  });

  it('lets nobody in from elsewhere', async () => {
    await listen();
    expect(await readAll(bare(addressOf(ends.primary).replace(/2$/, '9')))).toBe('');
    expect(denials()).toEqual(['not from an address of the partner']);
  });

  it('survives what is no handshake, and shuts the door for a while', async () => {
    await listen();
    for (let turn = 0; turn < 12; turn += 1) {
      const socket = bare();
      socket.write(turn % 2 === 0 ? randomBytes(500) : Buffer.from('{"v":1,"id":1,"method":"read"}\n'));
      expect(await readAll(socket)).not.toContain('method');
    }
    expect(denials()).toContain('too many failed handshakes');
    await expect(ask(ends.primary)).rejects.toEqual(code('SYNC_DENIED'));
  });

  it('lets the partner in however often somebody connects and goes away without a handshake', async () => {
    await listen();
    for (let turn = 0; turn < 12; turn += 1) {
      const socket = bare();
      await once(socket, 'connect');
      socket.end();
      await readAll(socket);
    }
    expect(denials()).toEqual([]);
    expect(await ask(ends.primary)).toMatchObject({ method: 'read' });
  });

  it('tries the other path where the first one leads to somebody else, and says so where both do', async () => {
    await listen();
    const [path] = ends.primary.paths;
    const stranger = createServer((socket) => socket.end('go away'));
    const elsewhere = addressOf(ends.backup).replace(/3$/, '7');
    stranger.listen(ends.backup.port, elsewhere);
    await once(stranger, 'listening');
    const wrong = { name: 'public', local: addressOf(ends.primary), partner: elsewhere } as const;
    const paths = path === undefined ? [] : [wrong, { ...path, name: 'private' as const }];
    expect(await ask({ ...ends.primary, paths })).toMatchObject({ method: 'read' });
    const gone = { ...wrong, partner: elsewhere.replace(/7$/, '8') };
    const neither = ask({ ...ends.primary, paths: [wrong, gone] });
    await expect(neither).rejects.toMatchObject({
      code: 'SYNC_DENIED',
      message: expect.stringContaining(elsewhere),
    });
    stranger.close();
  });

  it('cuts off who begins and does not go on, before the handshake and after', async () => {
    await listen({ handshakeMs: 100, transferMs: 100 });
    expect(await readAll(bare())).toBe('');
    const slow = await proven();
    slow.write('{"v":1,');
    expect(await readAll(slow)).toBe('');
  });

  it('serves no more than four at a time', async () => {
    await listen();
    const held = Array.from({ length: 4 }, () => bare());
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    await expect(ask(ends.primary)).rejects.toEqual(code('SYNC_DENIED'));
    expect(denials()).toContain('too many at a time');
    for (const socket of held) socket.destroy();
  });

  it.each([
    ['a frame without end', Buffer.alloc(7 * 1024 * 1024, 'x'), 'over 6291456 bytes'],
    ['no JSON', Buffer.from('hello\n'), 'not JSON'],
    ['another version', Buffer.from('{"v":2,"id":1,"method":"read"}\n'), 'version 2'],
    ['no method', Buffer.from('{"v":1,"id":1}\n'), 'without method'],
    ['bytes by chance', Buffer.concat([randomBytes(2_000), Buffer.from('\n')]), 'CONTROL_BAD_FRAME'],
  ])('answers %s with an error and the door', async (_, bytes, text) => {
    await listen();
    const socket = await proven();
    socket.write(bytes);
    expect(await readAll(socket)).toContain(text);
    expect(await ask(ends.primary)).toMatchObject({ method: 'read' });
  });

  it('says which address cannot be used, and which partner is not there', async () => {
    await listen();
    const second = new SyncListener(log.log, echo);
    await second.change(ends.backup);
    expect(log.lines).toEqual([['PULSE_SYNC_UNAVAILABLE', expect.objectContaining({ path: 'public' })]]);
    second.close();
    await listener.change(undefined);
    await expect(ask(ends.primary)).rejects.toEqual(code('SYNC_UNREACHABLE'));
  });
});
