import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BinaryName, binaryPath } from '@piranha/common';
import type { Table } from '@piranha/ipvs';
import { ControlClient, type LvsdStatus, type ReloadAnswer, runDirectory } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runProgram } from './support/run-program.js';

const WAIT = { timeout: 20_000, interval: 30 };
const cleanups: (() => unknown)[] = [];

let directory: string;
let configFile: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsd-e2e-'));
  configFile = join(directory, 'lvs.cf');
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Running {
  readonly child: ChildProcess;
  /** All of stdout and stderr so far. */
  output(): string;
  ended(): Promise<number | string>;
}

function run(name: BinaryName, args: readonly string[]): Running {
  const child = spawn(process.execPath, [binaryPath(name), ...args], {
    argv0: name,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'exit').then(([code, signal]) => (code as number | null) ?? String(signal));
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => output, ended: () => ended };
}

const startLvsd = (...args: string[]) =>
  run('lvsd', ['-n', '-v', '-c', configFile, '--run-dir', directory, '--director', 'userspace', ...args]);

async function startIpvsu(): Promise<Running> {
  const ipvsu = run('ipvsu', ['-n', '--run-dir', directory]);
  await vi.waitFor(() => call(runDirectory(directory).ipvsuSocket, 'table.read'), WAIT);
  return ipvsu;
}

async function webServer(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\n'));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

async function call(path: string, method: string): Promise<unknown> {
  const client = await ControlClient.connect({ path });
  try {
    return await client.call(method);
  } finally {
    client.close();
  }
}

const status = async () => (await call(runDirectory(directory).lvsdSocket, 'status')) as LvsdStatus;
const liveTable = async () => (await call(runDirectory(directory).ipvsuSocket, 'table.read')) as Table;

async function weights(): Promise<string[]> {
  const { services } = await liveTable();
  return services.flatMap(({ servers }) => servers.map(({ port, weight }) => `${port} ${weight}`)).sort();
}

const SEND_AND_EXPECT = ['send = "GET / HTTP/1.0\\r\\n\\r\\n"', 'expect = "HTTP"'];

function writeConfiguration(ports: readonly number[], weight = 1, check = SEND_AND_EXPECT): void {
  const servers = ports.map(
    (port, index) => `  server s${index} {
    address = 127.0.0.1
    active = 1
    port = ${port}
    weight = ${weight}
  }`,
  );
  writeFileSync(
    configFile,
    `primary = 127.0.0.2
service = lvs
network = nat
virtual web {
  active = 1
  address = 127.0.0.150 lo:1
  port = 18080
  scheduler = rr
  timeout = 0.5
  reentry = 0.5
  ${check.join('\n  ')}
${servers.join('\n')}
}
`,
  );
}

async function serving(...ports: number[]): Promise<void> {
  await vi.waitFor(
    async () => expect(await weights()).toEqual(ports.map((port) => `${port} 1`).sort()),
    WAIT,
  );
}

describe('lvsd over the userspace director', () => {
  it('moves weights by agent and slow start, and tells of a lost quorum', async () => {
    await startIpvsu();
    const [one, two] = [await webServer(), await webServer()];
    let says = '100%\n';
    const agent = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(says);
    });
    agent.listen(0, '127.0.0.1');
    await once(agent, 'listening');
    cleanups.push(() => agent.close());
    const told = join(directory, 'told');
    const program = join(directory, 'quorum.sh');
    writeFileSync(program, `#!/bin/sh\necho "$1 $PIRANHA_NOTIFY $PIRANHA_SERVICE" >>${told}\n`, {
      mode: 0o755,
    });
    writeConfiguration([one.port, two.port], 100);
    const words = `  interval = 0.1
  fall = 2
  rise = 1
  quorum = 200
  quorum_up = ${program} up
  quorum_down = ${program} down
  server s0 {
    agent = tcp:${(agent.address() as AddressInfo).port}
    agent_interval = 1
    agent_smoothing = 0
    agent_change = 6000`;
    const text = readFileSync(configFile, 'utf8')
      .replace('  server s0 {', words.replaceAll(/(quorum_(?:up|down)) = (.*)/g, '$1 = "$2"'))
      .replace('  server s1 {', '  server s1 {\n    slow_start = 3600');
    writeFileSync(configFile, text);
    const lvsd = startLvsd();
    const reach = (first: number, ...second: number[]) =>
      vi.waitFor(async () => {
        const wanted = [`${one.port} ${first}`, ...second.map((weight) => `${two.port} ${weight}`)];
        expect(await weights()).toEqual(wanted.sort());
      }, WAIT);
    const lines = () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
    await reach(100, 100);
    await vi.waitFor(() => expect(lines()).toEqual(['up quorum-up web']), WAIT);
    says = '30%\n';
    await reach(30, 100);
    expect(lvsd.output()).toMatch(/Adjusting weight of 127\.0\.0\.1:\d+ to 30 .*its agent/);
    says = 'drain\n';
    await reach(0, 100);
    await new Promise((resolve) => two.server.close(resolve));
    await reach(0);
    await vi.waitFor(() => expect(lines().at(-1)).toBe('down quorum-down web'), WAIT);
    await webServer(two.port);
    says = 'ready 100%\n';
    await reach(100, 1);
    await vi.waitFor(() => expect(lines().at(-1)).toBe('up quorum-up web'), WAIT);
    says = 'down # for a test\n';
    await vi.waitFor(async () => expect(await weights()).toEqual([`${two.port} 1`]), WAIT);
    const [server] = (await status()).services[0]?.servers ?? [];
    expect(server).toMatchObject({ health: 'down', reason: 'its agent says "down # for a test"' });
    lvsd.child.kill('SIGTERM');
    expect(await lvsd.ended()).toBe(0);
  });

  it('keeps a quorum inside its hysteresis over its own death and a new name of the service', async () => {
    await startIpvsu();
    const [one, two] = [await webServer(), await webServer()];
    const told = join(directory, 'told');
    const program = join(directory, 'quorum.sh');
    writeFileSync(program, `#!/bin/sh\necho "$PIRANHA_NOTIFY" >>${told}\n`, { mode: 0o755 });
    writeConfiguration([one.port, two.port]);
    const quorum = ['quorum = 2', 'hysteresis = 1', `quorum_up = "${program}"`, `quorum_down = "${program}"`];
    // First verdicts have their time, however busy the machine is.
    const text = readFileSync(configFile, 'utf8')
      .replace('  timeout = 0.5', '  timeout = 10\n  interval = 0.1')
      .replace('  server s0 {', `  ${quorum.join('\n  ')}\n  server s0 {`);
    writeFileSync(configFile, text);
    const lines = () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
    const first = startLvsd();
    await vi.waitFor(() => expect(lines()).toEqual(['quorum-up']), WAIT);
    await new Promise((resolve) => two.server.close(resolve));
    await serving(one.port);
    first.child.kill('SIGKILL');
    await first.ended();
    const second = startLvsd();
    await vi.waitFor(() => expect(second.output()).toContain('quorum reached'), WAIT);
    await serving(one.port);
    writeFileSync(configFile, text.replace('virtual web {', 'virtual shop {'));
    expect(((await call(runDirectory(directory).lvsdSocket, 'reload')) as ReloadAnswer).operations).toEqual(
      [],
    );
    second.child.kill('SIGTERM');
    expect(await second.ended()).toBe(0);
    expect(lines()).toEqual(['quorum-up', 'quorum-up']);
  });

  it('takes a dead server out and lets it in again', async () => {
    await startIpvsu();
    const [one, two] = [await webServer(), await webServer()];
    writeConfiguration([one.port, two.port]);
    const text = readFileSync(configFile, 'utf8');
    writeFileSync(configFile, `heartbeat_encrypt = 1\n${text}`);
    const lvsd = startLvsd();
    await serving(one.port, two.port);
    await vi.waitFor(async () => expect((await status()).ready).toBe(true), WAIT);
    await new Promise((resolve) => one.server.close(resolve));
    await serving(two.port);
    await webServer(one.port);
    await serving(one.port, two.port);
    lvsd.child.kill('SIGTERM');
    expect(await lvsd.ended()).toBe(0);
    expect((await liveTable()).services).toEqual([]);
    expect(lvsd.output()).toContain('starting virtual service web active: 18080');
    expect(lvsd.output()).toMatch(/create_monitor for web\/s0 running as pid \d+/);
    expect(lvsd.output()).toContain('shutting down due to signal 15');
    expect(lvsd.output().match(/CF_HEARTBEAT_KEY_UNUSED.*/g)).toEqual([
      expect.stringContaining('[LVSD_CONFIG_WARNING]'),
    ]);
    expect(existsSync(runDirectory(directory).lvsdPid)).toBe(false);
  });

  it('takes servers in and out by check blocks, tells why, and lets a check be tried by hand', async () => {
    await startIpvsu();
    const page = { status: 200, body: 'all well' };
    const server = createHttpServer((_, answer) => answer.writeHead(page.status).end(page.body));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const check = [
      'check alive {',
      'kind = tcp',
      '}',
      'check health {',
      'kind = http_get',
      'body = well',
      '}',
    ];
    writeConfiguration([port], 1, check);
    const lvsd = startLvsd();
    await serving(port);

    const probe = (...words: string[]) =>
      runProgram('lvsctl', ['probe', 'http_get', `127.0.0.1:${port}`, ...words], directory);
    expect(await probe('path=/health')).toMatchObject({ status: 0, stderr: '' });
    expect((await probe('path=/health')).stdout).toMatch(
      /^> GET \/health [\s\S]*\n< all well\n[\s\S]*up: status 200 \(/,
    );
    expect(await probe('body=ill')).toMatchObject({ status: 1 });
    expect((await probe('path=health')).stderr).toContain('[CF_CHECK_PATH]');
    const digestOf = (body: string) => createHash('sha256').update(body).digest('hex');
    const hashed = () => runProgram('lvsctl', ['genhash', `http://127.0.0.1:${port}/`], directory);
    const digest = digestOf(page.body);
    expect((await hashed()).stdout).toContain(`SHA256 = ${digest}\n`);
    // More than a nanny tells of what goes over the wire.
    page.body = 'all well '.repeat(40_000);
    expect((await hashed()).stdout).toContain(`SHA256 = ${digestOf(page.body)}\n`);
    page.body = 'all well';

    page.status = 503;
    await serving();
    expect(lvsd.output()).toContain(`check health of 127.0.0.1:${port} failed: status 503, not 200-299`);
    page.status = 200;
    await serving(port);
    writeConfiguration([port], 1, ['check page {', 'kind = http_get', `digest = ${digest}`, '}']);
    lvsd.child.kill('SIGHUP');
    // Good for the check of before, which may come once more.
    page.body = 'all well, but changed';
    await serving();
    expect(lvsd.output()).toContain('check page of');
  });

  it('asks by protocol, by program and by file, and tells no password', async () => {
    await startIpvsu();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        const text = chunk.toString();
        if (text.includes('PING')) socket.write('+PONG\r\n');
        else socket.write(text.includes('hushhush') ? '+OK\r\n' : '-WRONGPASS no\r\n');
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const [secret, maintenance, told, exit] = ['secret', 'maintenance', 'told', 'exit'].map((name) =>
      join(directory, name),
    ) as [string, string, string, string];
    const script = join(directory, 'check.sh');
    writeFileSync(secret, 'hushhush\n', { mode: 0o600 });
    writeFileSync(script, `#!/bin/sh\necho "$@" > ${told}\nexit $(cat ${exit})\n`, { mode: 0o755 });
    writeFileSync(exit, '0');
    const check = [
      ...['check login {', 'kind = redis', `password_file = ${secret}`, '}'],
      ...[
        'check own {',
        'kind = program',
        `program = ${script}`,
        'arguments = ldirectord',
        'misc_dynamic = 1',
        '}',
      ],
      ...['check maintenance {', 'kind = file', `path = ${maintenance}`, 'absent = 1', '}'],
    ];
    writeConfiguration([port], 1, check);
    const lvsd = startLvsd();
    await serving(port);
    expect(readFileSync(told, 'utf8')).toBe(`127.0.0.150 18080 127.0.0.1 ${port}\n`);
    const weigh = (status: number, weight: number) => {
      writeFileSync(exit, String(status));
      return vi.waitFor(async () => expect(await weights()).toEqual([`${port} ${weight}`]), WAIT);
    };
    await weigh(42, 40);
    expect(lvsd.output()).toMatch(/Adjusting weight of 127\.0\.0\.1:\d+ to 40 .*its check/);
    // With a shared nanny just so.
    writeFileSync(configFile, `nanny_processes = 0\n${readFileSync(configFile, 'utf8')}`);
    await call(runDirectory(directory).lvsdSocket, 'reload');
    await vi.waitFor(
      async () => expect((await status()).sharedNannies?.[0]?.load?.begun).toBeGreaterThan(0),
      WAIT,
    );
    await weigh(2, 0);
    await weigh(0, 1);
    writeFileSync(maintenance, '');
    await serving();
    expect(lvsd.output()).toContain(
      `check maintenance of 127.0.0.1:${port} failed: ${maintenance}: it exists`,
    );
    rmSync(maintenance);
    await serving(port);
    writeFileSync(secret, 'hush\n');
    await serving();
    expect(lvsd.output()).toContain('the answer to AUTH was "-WRONGPASS no"');
    const probe = await runProgram(
      'lvsctl',
      ['probe', 'redis', `127.0.0.1:${port}`, `password_file=${secret}`],
      directory,
    );
    expect(probe).toMatchObject({ status: 1 });
    expect(probe.stdout).toContain('> AUTH (password)');
    expect(lvsd.output() + probe.stdout).not.toContain('hush\r');
    expect(lvsd.output()).not.toContain('hushhush');
  });

  it('checks a server behind two addresses with one nanny, over a SIGKILL of lvsd too', async () => {
    await startIpvsu();
    const { server, port } = await webServer();
    writeConfiguration([port]);
    const [head = '', web = ''] = readFileSync(configFile, 'utf8').split(/(?=virtual web)/);
    const shop = web.replace('virtual web', 'virtual shop').replace('127.0.0.150', '127.0.0.151');
    writeFileSync(configFile, `${head}${web}${shop}`);
    const checkedByOne = async (output: () => string): Promise<void> => {
      await serving(port, port);
      await vi.waitFor(async () => expect((await status()).ready).toBe(true), WAIT);
      const servers = (await status()).services.flatMap((service) => service.servers);
      const pid = servers[0]?.nannyPid;
      expect(servers.map(({ nannyPid }) => nannyPid)).toEqual([pid, pid]);
      for (const name of ['web', 'shop'])
        expect(output()).toContain(`create_monitor for ${name}/s0 running as pid ${pid}`);
    };
    const first = startLvsd();
    await checkedByOne(first.output);
    const available = `[ active ] making 127.0.0.1:${port} available`;
    expect(first.output().split(available)).toHaveLength(3);
    first.child.kill('SIGKILL');
    await first.ended();
    const second = startLvsd();
    await checkedByOne(second.output);
    server.close();
    await serving();
  });

  it('adopts the table after a SIGKILL', async () => {
    await startIpvsu();
    const { port } = await webServer();
    writeConfiguration([port]);
    const first = startLvsd();
    await serving(port);
    first.child.kill('SIGKILL');
    await first.ended();
    expect(await weights()).toEqual([`${port} 1`]);
    const second = startLvsd();
    await vi.waitFor(async () => expect((await status()).pid).toBe(second.child.pid), WAIT);
    await vi.waitFor(async () => expect((await status()).ready).toBe(true), WAIT);
    expect(await weights()).toEqual([`${port} 1`]);
    const { history } = await status();
    expect(history.map(({ event }) => event)).toContain('LVSD_ADOPTED');
    // Adopted means untouched: neither added nor edited.
    expect(second.output()).not.toContain('LVSD_TABLE_OPERATION');
  });

  it('fills the table anew when ipvsu was killed', async () => {
    const ipvsu = await startIpvsu();
    const { port } = await webServer();
    writeConfiguration([port]);
    const lvsd = startLvsd();
    await serving(port);
    ipvsu.child.kill('SIGKILL');
    await ipvsu.ended();
    await vi.waitFor(async () => expect((await status()).tableInSync).toBe(false), WAIT);
    await startIpvsu();
    await serving(port);
    expect(lvsd.output()).toContain('LVSD_DIRECTOR_BACK');
  });

  it('leaves everything as it is when the new file is broken', async () => {
    await startIpvsu();
    const { port } = await webServer();
    writeConfiguration([port]);
    startLvsd();
    await serving(port);
    const before = await status();
    writeFileSync(configFile, `${readFileSync(configFile, 'utf8')}nonsense = 1\n`);
    const answer = (await call(runDirectory(directory).lvsdSocket, 'reload')) as ReloadAnswer;
    expect(answer.ok).toBe(false);
    expect(answer.diagnostics.join('\n')).toContain(`${configFile}:`);
    const after = await status();
    expect(after.lastReload?.ok).toBe(false);
    expect(after.services[0]?.servers[0]?.nannyPid).toBe(before.services[0]?.servers[0]?.nannyPid);
    expect(await weights()).toEqual([`${port} 1`]);
    const check = (...words: string[]) => ['check page {', 'kind = http_get', ...words, '}'];
    writeConfiguration([port], 1, check('regex = "(a"'));
    const refused = (await call(runDirectory(directory).lvsdSocket, 'reload')) as ReloadAnswer;
    expect(refused.ok).toBe(false);
    expect(refused.diagnostics.join('\n')).toContain(`${configFile}:13:11: error CF_CHECK_REGEX: `);
    writeConfiguration([port], 1, check(`headers_file = ${directory}/none`));
    const warned = (await call(runDirectory(directory).lvsdSocket, 'reload')) as ReloadAnswer;
    expect(warned.ok).toBe(true);
    expect(warned.diagnostics.join('\n')).toContain(
      `${configFile}:13:18: warning CF_CHECK_FILE: headers_file `,
    );
    writeConfiguration([port], 7);
    const lvsdPid = Number(readFileSync(runDirectory(directory).lvsdPid, 'utf8'));
    process.kill(lvsdPid, 'SIGHUP');
    await vi.waitFor(async () => expect(await weights()).toEqual([`${port} 7`]), WAIT);
  });
});

describe('lvsd from the command line', () => {
  it('refuses a file with an error, with its place', async () => {
    writeFileSync(configFile, 'primary = 127.0.0.2\nnonsense = 1\n');
    const lvsd = startLvsd();
    expect(await lvsd.ended()).toBe(1);
    expect(lvsd.output()).toContain(`lvsd: error parsing ${configFile} at line 2: `);
    expect(lvsd.output()).toContain(`${configFile}:2:`);
  });

  it('prints the table and the nannies for --test-start and starts nothing', async () => {
    writeConfiguration([18081]);
    const lvsd = startLvsd('-t');
    expect(await lvsd.ended()).toBe(0);
    expect(lvsd.output()).toContain('-a -t 127.0.0.150:18080 -r 127.0.0.1:18081 -m -w 1');
    expect(lvsd.output()).toContain('nanny -c -h 127.0.0.1 -p 18080 -r 18081 ');
    expect(existsSync(runDirectory(directory).lvsdSocket)).toBe(false);
  });

  it('names the way out when the kernel director is asked for', async () => {
    writeConfiguration([18081]);
    writeFileSync(configFile, `ipvsadm = /nowhere/ipvsadm\n${readFileSync(configFile, 'utf8')}`);
    const lvsd = run('lvsd', ['-n', '-c', configFile, '--run-dir', directory]);
    expect(await lvsd.ended()).toBe(5);
    expect(lvsd.output()).toContain('IPVSADM_MISSING');
    expect(lvsd.output()).toContain('--director userspace');
  });

  it('detaches and answers on its socket when it returns', async () => {
    writeConfiguration([18081]);
    const lvsd = run('lvsd', ['-c', configFile, '--run-dir', directory, '--director', 'memory']);
    expect(await lvsd.ended()).toBe(0);
    const { pid } = await status();
    expect(pid).not.toBe(lvsd.child.pid);
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(() => expect(existsSync(runDirectory(directory).lvsdPid)).toBe(false), WAIT);
  });
});
