import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import { ControlServer, NANNY_ENVIRONMENT } from '@piranha/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';

const WAIT = { timeout: 20_000, interval: 20 };
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function webServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

interface RunningNanny {
  readonly child: ChildProcess;
  /** All of stdout and stderr so far. */
  output(): string;
  exited(): Promise<number | string>;
}

function startNanny(args: readonly string[], environment: NodeJS.ProcessEnv = {}): RunningNanny {
  const child = spawn(process.execPath, [binaryPath('nanny'), ...args], {
    argv0: 'nanny',
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (code as number | null) ?? String(signal));
  cleanups.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
  return { child, output: () => output, exited: () => ended };
}

function lineFor(port: number): string[] {
  return [
    '-c',
    '-h',
    '127.0.0.1',
    '-p',
    '80',
    '-r',
    String(port),
    '-a',
    '0.2',
    '-I',
    '/sbin/ipvsadm',
    '-t',
    '0.1',
  ].concat(['-w', '1', '-V', '127.0.0.100', '-M', 'm', '--lvs']);
}

interface Seen {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** lvsd's side of the socket. */
async function fakeLvsd(): Promise<{ seen: Seen[]; environment: NodeJS.ProcessEnv; close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-nanny-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  const seen: Seen[] = [];
  const names = ['nanny.hello', 'nanny.alive', 'nanny.result', 'nanny.transition', 'nanny.log'];
  const path = join(directory, 'lvsd.sock');
  const record = (event: string) => (data: unknown) =>
    void seen.push({ event, data: data as Record<string, unknown> });
  const server = await ControlServer.listen({
    path,
    methods: {},
    events: Object.fromEntries(names.map((name) => [name, record(name)])),
  });
  cleanups.push(() => server.close().catch(() => {}));
  const environment = { [NANNY_ENVIRONMENT.socket]: path, [NANNY_ENVIRONMENT.id]: 'web/one' };
  return { seen, environment, close: () => server.close() };
}

describe('a nanny of lvsd', () => {
  it('shows the arguments as given in ps, under the name nanny', async () => {
    const { port } = await webServer();
    const lvsd = await fakeLvsd();
    const args = [...lineFor(port), '-s', String.raw`GET / HTTP/1.0\r\n\r\n`, '-x', 'HTTP'];
    const { child } = startNanny(args, lvsd.environment);
    await vi.waitFor(() => expect(lvsd.seen.map(({ event }) => event)).toContain('nanny.hello'), WAIT);
    const shown = execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(child.pid)], { encoding: 'utf8' });
    expect(shown.trim()).toBe(['nanny', ...args].join(' '));
    expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('nanny\n');
  });

  it('reports hello, life, results, transitions and log lines, and ends with the connection', async () => {
    const { server, port } = await webServer();
    const lvsd = await fakeLvsd();
    const nanny = startNanny(lineFor(port), lvsd.environment);
    const transitions = () => lvsd.seen.filter(({ event }) => event === 'nanny.transition');
    await vi.waitFor(() => expect(transitions()).toHaveLength(1), WAIT);
    server.close();
    await vi.waitFor(() => expect(transitions()).toHaveLength(2), WAIT);
    await vi.waitFor(
      () => expect(lvsd.seen.filter(({ event }) => event === 'nanny.alive').length).toBeGreaterThan(1),
      WAIT,
    );
    const id = 'web/one';
    expect(lvsd.seen[0]).toEqual({ event: 'nanny.hello', data: { id, pid: nanny.child.pid } });
    expect(transitions().map(({ data }) => data)).toEqual([
      { id, up: true, reason: 'expected answer received' },
      { id, up: false, reason: `CONNECT to 127.0.0.1:${port} failed: ECONNREFUSED` },
    ]);
    const results = lvsd.seen.filter(({ event }) => event === 'nanny.result').map(({ data }) => data);
    expect(results[0]).toMatchObject({ id, ok: true, up: true, reason: 'expected answer received' });
    expect(results.at(-1)).toMatchObject({ id, ok: false, up: false });
    const logged = lvsd.seen.filter(({ event }) => event === 'nanny.log').map(({ data }) => data.event);
    expect(logged).toEqual([
      'NANNY_STARTED',
      'NANNY_DEFAULT_WEB_CHECK',
      'NANNY_SERVER_UP',
      'NANNY_CONNECT_FAILED',
      'NANNY_SERVER_DOWN',
    ]);
    await lvsd.close();
    expect(await nanny.exited()).toBe(0);
    expect(nanny.output()).toBe('');
  });

  it('that replaces a dead one keeps what was known', async () => {
    const { port } = await webServer();
    const lvsd = await fakeLvsd();
    const args = [...lineFor(port), '-a', '60'];
    startNanny(args, { ...lvsd.environment, [NANNY_ENVIRONMENT.state]: 'down' });
    const results = () => lvsd.seen.filter(({ event }) => event === 'nanny.result');
    await vi.waitFor(() => expect(results().length).toBeGreaterThan(2), WAIT);
    expect(results().map(({ data }) => [data.ok, data.up])).not.toContainEqual([true, true]);
  });

  it('ends with status 1 when nobody listens on the socket', async () => {
    const nanny = startNanny(lineFor(1), { [NANNY_ENVIRONMENT.socket]: '/nonexistent/lvsd.sock' });
    expect(await nanny.exited()).toBe(1);
    expect(nanny.output()).toContain('CONTROL_UNREACHABLE');
  });
});

describe('a nanny started by hand', () => {
  it("prints the original's phrases and obeys its signals", async () => {
    const { port } = await webServer();
    const server = `127.0.0.1:${port}`;
    const nanny = startNanny(lineFor(port));
    const says = (text: string) => vi.waitFor(() => expect(nanny.output()).toContain(text), WAIT);
    await says(`nanny: starting LVS client monitor for 127.0.0.100:80 -> ${server}`);
    await says(`nanny: [ active ] making ${server} available`);
    nanny.child.kill('SIGUSR1');
    await says('nanny: opaque glasses on');
    await says(`nanny: [inactive] shutting down ${server} due to connection failure`);
    nanny.child.kill('SIGUSR2');
    await says('nanny: rose-colored glasses on');
    nanny.child.kill('SIGHUP');
    await says('nanny: DEBUG -- removing glasses');
    nanny.child.kill('SIGINT');
    expect(await nanny.exited()).toBe(0);
    await says('nanny: Terminating due to signal 2');
    // USR1 would start Node's debugger if nobody listened to it.
    expect(nanny.output()).not.toContain('Debugger');
  });

  it('asks by ICMP without CAP_NET_RAW where the kernel lets its group, and says what is missing', () => {
    const lvsctl = `setpriv --bounding-set=-net_raw --inh-caps=-net_raw ${process.execPath} ${binaryPath('lvsctl')}`;
    const script = `ip link set lo up
      sysctl -qw net.ipv4.ping_group_range='0 0'
      ${lvsctl} probe ping 127.0.0.1 && ${lvsctl} probe ping ::1 || exit 9
      sysctl -qw net.ipv4.ping_group_range='1 0'
      ${lvsctl} probe ping 127.0.0.1`;
    const { status, stdout } = spawnSync('unshare', ['--net', 'sh', '-c', script], { encoding: 'utf8' });
    expect(stdout.match(/^up: echo answered/gm)).toHaveLength(2);
    expect(stdout).toContain(
      'cannot ask by ICMP: socket: EPERM (run as root, or with the capability CAP_NET_RAW, or',
    );
    expect(status).toBe(1);
  });

  it('takes its check program with it', async () => {
    const nanny = startNanny(['-h', '127.0.0.1', '-t', '30', '--lvs', '-e', 'sleep 61.25']);
    const sleepers = () => {
      const all = execFileSync('ps', ['-A', '-o', 'ppid=,args='], { encoding: 'utf8' });
      return all.split('\n').filter((line) => line.includes('sleep 61.25') && !line.includes('nanny'));
    };
    await vi.waitFor(() => expect(sleepers()).toHaveLength(1), WAIT);
    nanny.child.kill('SIGTERM');
    expect(await nanny.exited()).toBe(0);
    await vi.waitFor(() => expect(sleepers()).toEqual([]), WAIT);
  });

  it.each([
    [[], 1, 'nanny: No address supplied...'],
    [['-h', 'x', '--lvs'], 1, 'nanny: bad IP address -- x'],
    [['-h', '127.0.0.1'], 1, 'nanny: unknown service type'],
    [['-h', '127.0.0.1', '--fos'], 1, 'NANNY_FOS_UNSUPPORTED'],
    [['--help'], 0, 'Usage: nanny'],
    [['--version'], 0, 'nanny 0.'],
  ])('%j ends with status %d and says %j', async (args, status, text) => {
    const nanny = startNanny(args);
    expect(await nanny.exited()).toBe(status);
    expect(nanny.output()).toContain(text);
  });
});
