import { describe, expect, it } from 'vitest';
import { indexTargets } from '../../src/core/check-targets.js';
import { nannyArguments } from '../../src/core/nanny-arguments.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

const QUIET = { verbose: false, foreground: false };

function argumentsOf(
  service: Parameters<typeof virtualServer>[0],
  changes: Parameters<typeof configurationOf>[1] = {},
  options = QUIET,
): string {
  const configuration = configurationOf([virtualServer(service)], changes);
  const target = indexTargets(configuration).targets[0];
  if (!target) throw new Error('no target');
  return nannyArguments(configuration, target, options).join(' ');
}

describe('nannyArguments', () => {
  it('gives the shortest line for the defaults', () => {
    expect(argumentsOf({})).toBe(
      '-c -h 10.0.0.11 -p 80 -r 80 -a 180 -I /sbin/ipvsadm -t 10 -w 1 -V 10.0.0.9 -M m --lvs',
    );
  });

  it('keeps the order of the original with every option set', () => {
    const line = argumentsOf(
      {
        port: 53,
        protocol: 'udp',
        firewallMark: 7,
        quiesceServer: true,
        sorryServer: '10.0.0.99',
        servers: [realServer({ weight: 0, port: 5353, forwarding: 'tunnel' })],
        check: {
          sendProgram: '/bin/check %h %p',
          send: 'ping',
          expect: 'pong',
          useRegex: true,
          timeoutMs: 2_500,
          reentryMs: 15_000,
          loadMonitor: 'uptime',
        },
      },
      { rshCommand: 'ssh' },
      { verbose: true, foreground: true },
    );
    expect(line).toBe(
      '-c -h 10.0.0.11 -p 53 -r 5353 -f 7 -u -e /bin/check %h %p -s ping -x pong -q --regex -v -a 15 ' +
        '-I /sbin/ipvsadm -t 2.5 -w 0 -V 10.0.0.9 -M i -U ssh --nodaemon --lvs',
    );
  });

  it('puts what the original did not know behind its words', () => {
    const watch = {
      timeoutMs: 3_000,
      reentryMs: 6_000,
      rise: 2,
      fall: 3,
      intervalMs: 5_000,
      fastIntervalMs: 500,
      downIntervalMs: 30_000,
      connectTimeoutMs: 1_500,
      retries: 1,
      retryDelayMs: 250,
      initialState: 'up',
      warmupMs: 2_000,
      checkAddress: '10.0.1.11',
      checkPort: 8081,
    } as const;
    expect(argumentsOf({ servers: [realServer({ watch })] })).toBe(
      '-c -h 10.0.0.11 -p 80 -r 80 -a 6 -I /sbin/ipvsadm -t 3 -w 1 -V 10.0.0.9 -M m --lvs --rise 2 --fall 3 ' +
        '--check-interval 5 --fast-interval 0.5 --down-interval 30 --connect-timeout 1.5 --retry 1 ' +
        '--retry-delay 0.25 --initial-state up --warmup 2 --check-address 10.0.1.11 --check-port 8081',
    );
  });

  it('names the agent of a server', () => {
    const agent = {
      port: 3333,
      intervalMs: 5_000,
      number: 'load',
      smoothingPercent: 0,
      changePercent: 100,
      holdMs: 30_000,
      fadeMs: 0,
    } as const;
    const server = realServer({ weighing: { slowStart: 0, follows: 'agent', agent } });
    const words = ' --lvs --agent tcp:3333 --agent-interval 5 --agent-number load --agent-hold 30';
    expect(argumentsOf({ servers: [server] }).endsWith(words)).toBe(true);
    const page = (number: 'load' | 'idle') =>
      argumentsOf({
        servers: [
          realServer({
            weighing: { slowStart: 0, follows: 'agent', agent: { ...agent, path: '/load', number } },
          }),
        ],
      });
    expect(page('load').endsWith(' --agent http:3333/load --agent-interval 5 --agent-hold 30')).toBe(true);
    expect(page('idle')).toContain(' --agent http:3333/load --agent-interval 5 --agent-number idle ');
  });

  it('keeps escapes as they are written', () => {
    expect(argumentsOf({ check: { send: 'GET / HTTP/1.0\\r\\n\\r\\n', expect: 'HTTP' } })).toContain(
      '-s GET / HTTP/1.0\\r\\n\\r\\n -x HTTP',
    );
  });

  it('keeps a text that begins with a dash one word', () => {
    expect(argumentsOf({ check: { expect: '-ERR' } })).toContain(' -x -ERR ');
  });

  it('stays in the foreground for a sorry server, as the original', () => {
    expect(argumentsOf({ sorryServer: '10.0.0.99' })).toContain(' --nodaemon --lvs');
  });
});

describe('indexTargets', () => {
  it('leaves out what is not active and gives twins one nanny', () => {
    const twin = realServer({ name: 'twin' });
    const off = realServer({ name: 'off', address: '10.0.0.12', active: false });
    const configuration = configurationOf([
      virtualServer({ servers: [realServer(), twin, off] }),
      virtualServer({ name: 'dark', active: false }),
    ]);
    const index = indexTargets(configuration);
    expect(index.targets.map(({ id }) => id)).toEqual(['web tcp 10.0.0.11:80']);
    expect(index.idOf(twin)).toBe('web tcp 10.0.0.11:80');
    expect(index.idOf(off)).toBeUndefined();
  });

  it('keeps two services of one name apart', () => {
    const configuration = configurationOf([virtualServer(), virtualServer({ port: 81 })]);
    expect(indexTargets(configuration).targets.map(({ id }) => id)).toEqual([
      'web tcp 10.0.0.11:80',
      'web#2 tcp 10.0.0.11:80',
    ]);
  });
});
