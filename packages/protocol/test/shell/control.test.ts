import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@piranha/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlClient, ControlServer, FRAME_LIMIT_BYTES } from '../../src/index.js';

let directory: string;
let path: string;
const closers: (() => unknown)[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-control-'));
  path = join(directory, 'test.sock');
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  rmSync(directory, { recursive: true });
});

async function serve(methods: Record<string, (params: unknown) => unknown>): Promise<ControlServer> {
  const server = await ControlServer.listen({ path, methods });
  closers.push(() => server.close());
  return server;
}

describe('a control socket', () => {
  it('answers calls, passes user errors with their code, and is closed to others', async () => {
    await serve({
      echo: (params) => params,
      refuse: () => {
        throw new UserError('no', { code: 'TEST_NO', hint: 'ask later' });
      },
    });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const client = await ControlClient.connect({ path });
    closers.push(() => client.close());
    expect(await client.call('echo', { a: [1] })).toEqual({ a: [1] });
    await expect(client.call('refuse')).rejects.toMatchObject({ code: 'TEST_NO', hint: 'ask later' });
    await expect(client.call('constructor')).rejects.toMatchObject({ code: 'CONTROL_UNKNOWN_METHOD' });
  });

  it('delivers events to every peer and tells of the end', async () => {
    const server = await serve({});
    const heard: unknown[] = [];
    const closed = new Promise<void>((resolve) => {
      void ControlClient.connect({
        path,
        onEvent: (event, data) => {
          heard.push([event, data]);
          void server.close();
        },
        onClose: resolve,
      }).then(() => setImmediate(() => server.broadcast('alive', { pid: 1 })));
    });
    closers.length = 0;
    await closed;
    expect(heard).toEqual([['alive', { pid: 1 }]]);
  });

  it('rejects calls when the server goes away, and by their time limit', async () => {
    const server = await serve({ never: () => new Promise(() => undefined) });
    const client = await ControlClient.connect({ path });
    await expect(client.call('never', {}, 20)).rejects.toMatchObject({ code: 'CONTROL_TIMEOUT' });
    const pending = client.call('never');
    closers.length = 0;
    const refused = expect(pending).rejects.toMatchObject({ code: 'CONTROL_UNREACHABLE' });
    await server.close();
    await refused;
    await expect(client.call('never')).rejects.toMatchObject({ code: 'CONTROL_UNREACHABLE' });
  });

  it('replaces a dead socket file and refuses a living one', async () => {
    writeFileSync(path, '');
    await serve({});
    await expect(ControlServer.listen({ path, methods: {} })).rejects.toMatchObject({
      code: 'CONTROL_IN_USE',
    });
  });

  it('says what is wrong with a path that cannot be used', async () => {
    const long = join(directory, 'x'.repeat(120), 'test.sock');
    for (const bad of ['/dev/null/x/test.sock', long]) {
      await expect(ControlServer.listen({ path: bad, methods: {} })).rejects.toMatchObject({
        code: 'CONTROL_PATH',
      });
    }
  });

  it('shows a peer that talks nonsense, or too much, the door', async () => {
    await serve({ echo: (params) => params });
    for (const noise of ['nonsense\n', 'x'.repeat(FRAME_LIMIT_BYTES + 1)]) {
      const socket = connect(path);
      socket.on('error', () => undefined);
      const text = await new Promise<string>((resolve) => {
        let all = '';
        socket.on('data', (chunk) => {
          all += chunk.toString();
        });
        socket.on('close', () => resolve(all));
        socket.write(noise);
      });
      expect(text === '' || text.includes('CONTROL_BAD_FRAME')).toBe(true);
    }
    const client = await ControlClient.connect({ path });
    closers.push(() => client.close());
    expect(await client.call('echo', 1)).toBe(1);
  });

  it('cuts off a peer that does not read', async () => {
    const server = await serve({});
    const socket = connect(path);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.pause();
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.on('error', () => undefined);
    });
    await new Promise((resolve) => setImmediate(resolve));
    const text = 'x'.repeat(1024 * 1024);
    for (let sent = 0; sent < 40; sent += 1) server.broadcast('noise', text);
    socket.resume();
    await closed;
  });
});
