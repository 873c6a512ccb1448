import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src/index.js';
import { memoryLog, until, VIP } from '../support/harness.js';
import { realServer, settings } from '../support/values.js';

const sockets: Socket[] = [];
const engines: Engine[] = [];

async function udpSocket(address: string): Promise<Socket & { heard: string[] }> {
  const socket = Object.assign(createSocket('udp4'), { heard: [] as string[] });
  socket.on('message', (datagram) => socket.heard.push(datagram.toString()));
  socket.bind(0, address);
  await once(socket, 'listening');
  sockets.push(socket);
  return socket;
}

async function echoServer(name: string): Promise<number> {
  const socket = await udpSocket('127.0.0.1');
  socket.on('message', (datagram, client) => socket.send(`${name} ${datagram}`, client.port, client.address));
  return (socket.address() as AddressInfo).port;
}

async function udpFreePort(): Promise<number> {
  const probe = createSocket('udp4').bind(0, VIP);
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

async function serve(ports: readonly number[], connectionLimit = 100) {
  const engine = new Engine({ log: memoryLog(), connectionLimit });
  engines.push(engine);
  const key = { kind: 'address', protocol: 'udp', address: VIP, port: await udpFreePort() } as const;
  await engine.apply([
    { type: 'addService', service: settings(key) },
    ...ports.map((port) => ({ type: 'addServer', key, server: realServer(port) }) as const),
  ]);
  await engine.hold([VIP]);
  return { engine, key };
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
  for (const socket of sockets.splice(0)) socket.close();
});

describe('a UDP flow', () => {
  it('keeps a client at its server and answers from the VIP', async () => {
    const { engine, key } = await serve([await echoServer('one'), await echoServer('two')]);
    const [first, second] = [await udpSocket('127.0.0.1'), await udpSocket('127.0.0.1')];
    let source = '';
    first.on('message', (_, from) => {
      source = `${from.address}:${from.port}`;
    });
    for (const [client, word] of [
      [first, 'a'],
      [first, 'b'],
      [second, 'c'],
    ] as const) {
      const before = client.heard.length;
      client.send(word, key.port, VIP);
      await until(() => client.heard.length > before);
    }
    expect([first.heard, second.heard]).toEqual([['one a', 'one b'], ['two c']]);
    expect(source).toBe(`${VIP}:${key.port}`);
    expect(engine.statistics()[0]).toMatchObject({
      connections: 2,
      packetsIn: 3,
      packetsOut: 3,
      servers: [{ inactiveConnections: 1, activeConnections: 0 }, { inactiveConnections: 1 }],
    });
  });

  it('makes room for a new client: the quietest flow ends', async () => {
    const { engine, key } = await serve([await echoServer('one')], 2);
    for (let count = 0; count < 3; count += 1) {
      const client = await udpSocket('127.0.0.1');
      client.send('x', key.port, VIP);
      await until(() => client.heard.length === 1);
    }
    expect(engine.statistics()[0]?.servers[0]).toMatchObject({ connections: 3, inactiveConnections: 2 });
  });

  it('ends when it has been idle for the timeout', async () => {
    const { engine, key } = await serve([await echoServer('one')]);
    engine.setTimeouts({ tcpSeconds: 0, tcpFinSeconds: 0, udpSeconds: 1 });
    const client = await udpSocket('127.0.0.1');
    client.send('x', key.port, VIP);
    await until(() => client.heard.length === 1);
    await until(() => engine.statistics()[0]?.servers[0]?.inactiveConnections === 0);
  });

  it('outlives a refused datagram and ends with its server', async () => {
    const port = await udpFreePort();
    const { engine, key } = await serve([port]);
    const client = await udpSocket('127.0.0.1');
    client.send('x', key.port, VIP);
    client.send('y', key.port, VIP);
    await until(() => engine.statistics()[0]?.packetsIn === 2);
    expect(engine.statistics()[0]?.connections).toBe(1);
    await engine.apply([{ type: 'deleteServer', key, address: '127.0.0.1', port }]);
    client.send('z', key.port, VIP);
    const live = await echoServer('two');
    await engine.apply([{ type: 'addServer', key, server: realServer(live) }]);
    client.send('w', key.port, VIP);
    await until(() => client.heard.includes('two w'));
  });
});

describe('a UDP service that two directors hold', () => {
  it('loses no datagram when one releases', async () => {
    const port = await echoServer('one');
    const { engine: first, key } = await serve([port]);
    const second = new Engine({ log: memoryLog(), connectionLimit: 100 });
    engines.push(second);
    await second.apply([
      { type: 'addService', service: settings(key) },
      { type: 'addServer', key, server: realServer(port) },
    ]);
    await second.hold([VIP]);
    const clients = await Promise.all(Array.from({ length: 8 }, () => udpSocket('127.0.0.1')));
    let sent = 0;
    const ask = async (client: (typeof clients)[number]) => {
      const before = client.heard.length;
      sent += 1;
      client.send('x', key.port, VIP);
      await until(() => client.heard.length > before);
    };
    let isRunning = true;
    const load = clients.map(async (client) => {
      while (isRunning) await ask(client);
    });
    expect(await first.release([VIP])).toEqual({ held: [], problems: [] });
    isRunning = false;
    await Promise.all(load);
    const settled = first.statistics()[0]?.packetsIn;
    await Promise.all(clients.map(ask));
    expect(first.statistics()[0]?.packetsIn).toBe(settled);
    expect(clients.reduce((sum, client) => sum + client.heard.length, 0)).toBe(sent);
  });
});
