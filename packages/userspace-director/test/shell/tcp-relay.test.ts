import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/index.js';
import {
  closed,
  dial,
  endOf,
  freePort,
  portOf,
  readAll,
  startEngine,
  startServer,
  until,
  VIP,
} from '../support/harness.js';
import { realServer } from '../support/values.js';

const engines: Engine[] = [];
const servers: Server[] = [];

async function serve(onConnection: (socket: Socket) => void, connectionLimit?: number) {
  const server = await startServer(onConnection);
  servers.push(server);
  const started = await startEngine([portOf(server)], connectionLimit);
  engines.push(started.engine);
  const columns = () => {
    const entry = started.engine.statistics()[0]?.servers[0];
    return [entry?.activeConnections, entry?.inactiveConnections];
  };
  return { ...started, port: started.key.port, serverPort: portOf(server), columns };
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
  for (const server of servers.splice(0)) server.close();
});

describe('a TCP connection through the director', () => {
  it('is carried both ways, and each end is passed on', async () => {
    const { port, engine, columns } = await serve(async (socket) => {
      const text = await readAll(socket);
      socket.end(`heard ${text}`);
    });
    const client = await dial(port);
    client.end('a question');
    expect(await readAll(client)).toBe('heard a question');
    await until(() => columns().join() === '0,0');
    expect(engine.statistics()[0]).toMatchObject({ connections: 1, bytesIn: 10, bytesOut: 16 });
  });

  it('lets the server finish first while the client goes on', async () => {
    let heard = '';
    const { port } = await serve((socket) => {
      socket.end('done early');
      socket.on('data', (chunk) => {
        heard += chunk;
      });
    });
    const client = await dial(port);
    expect(await readAll(client)).toBe('done early');
    client.write('still here');
    await until(() => heard === 'still here');
    client.end();
    await closed(client);
    expect(client.errors).toEqual([]);
  });

  it('counts as active while open and inactive once half closed', async () => {
    const { port, columns } = await serve((socket) => socket.resume());
    const client = await dial(port);
    await until(() => columns().join() === '1,0');
    client.end();
    await until(() => columns().join() === '0,1');
    client.destroy();
  });

  it('holds little for a slow reader: its writer is stopped', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let sent = 0;
    const { port, engine } = await serve((socket) => {
      const pump = () => {
        do sent += chunk.length;
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', pump);
      pump();
    });
    const client = await dial(port);
    client.pause();
    // The kernel's buffers fill; then nothing moves any more, though the writer would go on for ever.
    let before = -1;
    while (before !== engine.statistics()[0]?.bytesOut || before === 0) {
      before = engine.statistics()[0]?.bytesOut ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const buffered = process.memoryUsage().arrayBuffers;
    expect(before).toBeLessThan(64 * 1024 * 1024);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    expect(buffered).toBeLessThan(32 * 1024 * 1024);
    client.resume();
    await until(() => (engine.statistics()[0]?.bytesOut ?? 0) > before + 8 * 1024 * 1024);
    client.destroy();
  });

  it('passes a reset on to the other side, both ways', async () => {
    const errors: string[] = [];
    const accepted: Socket[] = [];
    const { port, columns } = await serve((socket) => {
      accepted.push(socket);
      socket.resume();
      socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''));
    });
    const first = await dial(port);
    await until(() => accepted.length === 1);
    first.resetAndDestroy();
    await until(() => errors.length === 1);
    const second = await dial(port);
    second.resume();
    await until(() => accepted.length === 2);
    accepted[1]?.resetAndDestroy();
    await closed(second);
    expect([errors, second.errors]).toEqual([['ECONNRESET'], ['ECONNRESET']]);
    await until(() => columns().join() === '0,0');
  });

  it('is reset when the real server refuses', async () => {
    const { engine, key, log } = await startEngine([await freePort('127.0.0.1')]);
    engines.push(engine);
    expect(await endOf(key.port)).toBe('ECONNRESET');
    expect(log.ids).toContain('IPVSU_CONNECT_FAILED');
  });

  it('goes to another server when the chosen one refuses, and counts once', async () => {
    const server = await startServer((socket) => socket.end('served'));
    servers.push(server);
    const { engine, key, log } = await startEngine([await freePort('127.0.0.1'), portOf(server)]);
    engines.push(engine);
    for (let connection = 0; connection < 4; connection += 1) {
      const client = await dial(key.port);
      client.end('question');
      expect(await readAll(client)).toBe('served');
    }
    expect(log.ids).toContain('IPVSU_CONNECT_FAILED');
    expect(engine.statistics()[0]?.connections).toBe(4);
    await until(
      () =>
        engine.statistics()[0]?.servers.every(({ inactiveConnections }) => inactiveConnections === 0) ===
        true,
    );
  });

  it.each([
    ['server', 'served', []],
    ['service', '', ['ECONNRESET']],
  ] as const)('that still waits for its server when the %s is removed', async (removed, answer, errors) => {
    const server = await startServer((socket) => socket.end('served'));
    servers.push(server);
    const refusing = await freePort('127.0.0.1');
    const { engine, key } = await startEngine([refusing, portOf(server)]);
    engines.push(engine);
    const isOpening = () => engine.statistics()[0]?.servers[0]?.inactiveConnections === 1;
    const client = connect({ host: VIP, port: key.port });
    const failures: string[] = [];
    client.on('error', (error: NodeJS.ErrnoException) => failures.push(error.code ?? ''));
    let text = '';
    client.on('data', (chunk) => {
      text += String(chunk);
    });
    // The turn of the loop that accepts a connection ends before the refusal is heard of.
    while (!isOpening()) await new Promise((resolve) => setImmediate(resolve));
    await engine.apply([
      removed === 'server'
        ? { type: 'deleteServer', key, address: '127.0.0.1', port: refusing }
        : { type: 'deleteService', key },
    ]);
    await closed(client);
    expect([text, failures]).toEqual([answer, errors]);
  });

  it('is reset when nobody can take it', async () => {
    const { engine, key } = await startEngine([]);
    engines.push(engine);
    expect(await endOf(key.port)).toBe('ECONNRESET');
  });

  it('lives on with weight 0 and dies with its entry', async () => {
    const { engine, key, port, serverPort, columns } = await serve((socket) => socket.pipe(socket));
    const client = await dial(port);
    await until(() => columns().join() === '1,0');
    await engine.apply([{ type: 'editServer', key, server: realServer(serverPort, { weight: 0 }) }]);
    client.write('still served');
    expect(String((await once(client, 'data'))[0])).toBe('still served');
    await engine.apply([{ type: 'deleteServer', key, address: '127.0.0.1', port: serverPort }]);
    await closed(client);
    expect(client.errors).toEqual(['ECONNRESET']);
  });

  it('is turned away over the limit, once the others are gone it is not', async () => {
    const { port, log, columns } = await serve((socket) => socket.pipe(socket), 1);
    const first = await dial(port);
    await until(() => columns().join() === '1,0');
    expect(await endOf(port)).toBe('ECONNRESET');
    expect(log.ids).toContain('IPVSU_CONNECTION_LIMIT');
    first.resume();
    first.end();
    await until(() => columns().join() === '0,0');
    const third = await dial(port);
    third.end('hello');
    expect(await readAll(third)).toBe('hello');
  });
});

describe('a listener', () => {
  it('is there while the service is in the table and the address held', async () => {
    const { engine, key, port } = await serve((socket) => socket.pipe(socket));
    const refuses = () =>
      dial(port).then(
        (client) => {
          client.destroy();
          return false;
        },
        (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
      );
    expect(await refuses()).toBe(false);
    expect(await engine.release([VIP])).toEqual({ held: [], problems: [] });
    expect(await refuses()).toBe(true);
    await engine.hold([VIP]);
    expect(await refuses()).toBe(false);
    await engine.apply([{ type: 'deleteService', key }]);
    expect(await refuses()).toBe(true);
  });

  it('that cannot be opened is a problem until it can', async () => {
    const { engine, key } = await startEngine([]);
    engines.push(engine);
    await engine.release([VIP]);
    const squatter = await startServer(() => {});
    servers.push(squatter);
    await new Promise((resolve) => squatter.close(resolve));
    squatter.listen(key.port, VIP);
    await once(squatter, 'listening');
    const answer = await engine.hold([VIP]);
    expect(answer.problems).toEqual([`cannot listen on tcp ${VIP}:${key.port}: bind: EADDRINUSE`]);
    await new Promise((resolve) => squatter.close(resolve));
    await until(() => engine.listVips().problems.length === 0);
    squatter.listen(0, '127.0.0.1');
  });
});
