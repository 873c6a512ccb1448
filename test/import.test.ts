import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BinaryName, binaryPath } from '@piranha/common';
import type { Table } from '@piranha/ipvs';
import { ControlClient, runDirectory } from '@piranha/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { runProgram } from './support/run-program.js';

const WAIT = { timeout: 20_000, interval: 30 };
/** Of `all is well`. */
const DIGEST = '4409bb950a3826c313c34b46b429ac84';
const cleanups: (() => unknown)[] = [];
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'import-e2e-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A web server of one page, which is for one site alone. */
async function page(body: string): Promise<number> {
  const server = createServer(({ headers }, response) => {
    response.writeHead(headers.host === 'shop.test' ? 200 : 404, { connection: 'close' });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A server that answers each datagram with these bytes. */
async function datagrams(reply: string): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (_, { address, port }) => socket.send(Buffer.from(reply, 'hex'), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  cleanups.push(() => socket.close());
  return socket.address().port;
}

function start(name: BinaryName, ...words: string[]): void {
  const child = spawn(process.execPath, [binaryPath(name), '-n', '--run-dir', directory, ...words], {
    argv0: name,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
}

async function liveTable(): Promise<Table> {
  const client = await ControlClient.connect({ path: runDirectory(directory).ipvsuSocket });
  try {
    return (await client.call('table.read')) as Table;
  } finally {
    client.close();
  }
}

/** Ports of the servers that the table has. */
async function servedPorts(): Promise<readonly number[]> {
  const { services } = await liveTable();
  return services.flatMap(({ servers }) => servers.map(({ port }) => port)).sort();
}

const service = (address: string, protocol: string, servers: readonly (readonly [number, string])[]) =>
  `virtual_server ${address} {
    delay_loop 1
    retry 0
    lb_kind NAT
    protocol ${protocol}
${servers.map(([port, check]) => `    real_server 127.0.0.1 ${port} {\n${check}\n    }`).join('\n')}
}
`;

const urls = `HTTP_GET {
            url {
                path /
                virtualhost shop.test
                status_code 200
            }
            url {
                path /sum
                virtualhost shop.test
                digest ${DIGEST}
            }
        }`;

const reply = 'UDP_CHECK {\n payload 01 02\n require_reply aXbb\n connect_timeout 1\n }';

it('a director checks servers as the keepalived.conf that it was imported from says', async () => {
  const [good, bad] = [await page('all is well'), await page('all is lost')];
  const [echo, other] = [await datagrams('a0bb'), await datagrams('b0bb')];
  const [here, gone] = [await page(''), await page('')];
  const file = join(directory, 'keepalived.conf');
  const program = (path: string) => `MISC_CHECK {\n misc_path "/usr/bin/test -e ${path}"\n }`;
  writeFileSync(
    file,
    [
      service('127.0.0.151 18081', 'TCP', [
        [good, urls],
        [bad, urls],
      ]),
      service('127.0.0.151 18082', 'UDP', [
        [echo, reply],
        [other, reply],
      ]),
      service('127.0.0.151 18083', 'TCP', [
        [here, program(file)],
        [gone, program(join(directory, 'absent'))],
      ]),
    ].join('\n'),
  );
  const imported = await runProgram('lvsctl', ['import', 'keepalived', file, '--device', 'lo'], directory);
  expect(imported.stderr).toMatch(/^\S+: note: primary: the address of the primary director[^\n]*\n$/);
  const configFile = join(directory, 'lvs.cf');
  writeFileSync(configFile, imported.stdout);
  expect((await runProgram('lvsctl', ['check', configFile], directory)).status).toBe(0);
  start('ipvsu');
  await vi.waitFor(liveTable, WAIT);
  start('lvsd', '-c', configFile, '--director', 'userspace');
  const up = [good, echo, here].sort();
  await vi.waitFor(async () => expect(await servedPorts()).toEqual(up), WAIT);
  // The others were asked, and are down by what they answered.
  await vi.waitFor(
    async () => {
      const { stdout } = await runProgram('lvsctl', ['status', '--json', '--run-dir', directory], directory);
      for (const reason of ['failed: md5 of the body is', 'failed: the program ended with status 1'])
        expect(stdout).toContain(reason);
    },
    { timeout: 20_000, interval: 300 },
  );
  expect(await servedPorts()).toEqual(up);
});
