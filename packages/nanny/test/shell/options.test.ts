import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/shell/options.js';

/** The line that lvsd writes, in the original's order. */
const FULL =
  '-c -h 10.0.0.1 -p 80 -r 8000 -f 7 -s GET -x OK -q --regex -v -a 15 -I /sbin/ipvsadm -t 6 -w 0 -V 10.0.0.9 -M m -U rup --nodaemon --lvs';

function read(line: string) {
  const options = readCommandLine(line.split(' '));
  if (typeof options === 'string' || 'shared' in options) throw new Error(JSON.stringify(options));
  return options;
}

function refusal(line: string): string {
  try {
    readCommandLine(line === '' ? [] : line.split(' '));
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('readCommandLine', () => {
  it("reads lvsd's line", () => {
    expect(read(FULL)).toEqual({
      check: {
        target: { address: '10.0.0.1', port: 8000 },
        virtualPort: 80,
        virtualAddress: '10.0.0.9',
        udp: false,
        send: 'GET',
        expect: 'OK',
        useRegex: true,
        sendProgram: undefined,
        literalBackslashes: false,
        intervalMs: 6_000,
      },
      virtualAddress: '10.0.0.9',
      firewallMark: 7,
      server: { address: '10.0.0.1', port: 8000 },
      watch: { initialState: 'unknown', retryDelayMs: 1_000, warmupMs: 0 },
      reentryMs: 15_000,
      loadCommand: 'rup',
      verbose: true,
      probe: false,
    });
  });

  it("has the original's defaults", () => {
    expect(read('-h 10.1 --lvs')).toMatchObject({
      check: { target: { address: '10.0.0.1', port: 80 }, virtualPort: 80, intervalMs: 10_000 },
      reentryMs: 180_000,
      firewallMark: 0,
      loadCommand: undefined,
    });
  });

  it('takes IPv6 addresses', () => {
    expect(read('-h 2001:DB8::0:11 -V 2001:db8:0::9 --lvs')).toMatchObject({
      check: { target: { address: '2001:db8::11' } },
      virtualAddress: '2001:db8::9',
    });
    expect(refusal('-h [::1] --lvs')).toBe('nanny: bad IP address -- [::1]');
  });

  it('takes the virtual port for the real one, and fractions of seconds', () => {
    expect(read('-h 10.0.0.1 -p 443 -t 0.5 -a .25 -U none --lvs')).toMatchObject({
      check: { target: { port: 443 }, intervalMs: 500 },
      reentryMs: 250,
      loadCommand: undefined,
    });
  });

  it('takes the words beyond the original, and checks elsewhere than it serves', () => {
    const words =
      '--rise 2 --fall 3 --check-interval 5 --fast-interval .5 --down-interval 30 --connect-timeout 1 --retry 2 ' +
      '--retry-delay 0 --initial-state up --warmup 4 --check-address 10.0.1.1 --check-port 8081';
    expect(read(`-h 10.0.0.1 -p 443 -t 2 --lvs ${words}`)).toMatchObject({
      check: { target: { address: '10.0.1.1', port: 8081 }, intervalMs: 2_000, connectTimeoutMs: 1_000 },
      server: { address: '10.0.0.1', port: 443 },
      watch: {
        rise: 2,
        fall: 3,
        intervalMs: 5_000,
        fastIntervalMs: 500,
        downIntervalMs: 30_000,
        retries: 2,
        retryDelayMs: 0,
        initialState: 'up',
        warmupMs: 4_000,
      },
    });
    expect(read('-h 10.0.0.1 --lvs -t .5 --agent tcp:3333 --agent-number load --agent-hold 9').agent).toEqual(
      {
        port: 3333,
        intervalMs: 1_000,
        number: 'load',
        holdMs: 9_000,
      },
    );
    expect(read('-h 10.0.0.1 --lvs --agent http:80/load').agent).toMatchObject({
      port: 80,
      path: '/load',
      number: 'load',
    });
    expect(refusal('-h 10.0.0.1 --lvs --agent http:80')).toContain('http:PORT/PATH is expected');
    expect(refusal('-h 10.0.0.1 --lvs --agent 3333')).toContain('tcp:PORT or http:PORT/PATH is expected');
    expect(refusal('-h 10.0.0.1 --lvs --initial-state on')).toContain('up, down or unknown is expected');
    expect(refusal('-h 10.0.0.1 --lvs --rise 0')).toContain('a whole number from 1 to 1000');
  });

  it.each([
    '-M g',
    '-M -g',
    '--method=t',
    '-M whatever',
    '--test-start',
    '--norun',
    '-n',
    '-c',
    '-S 5',
    '-T',
  ])('accepts %s', (words) => {
    expect(read(`-h 10.0.0.1 --lvs ${words}`).check.target.port).toBe(80);
  });

  it.each([
    ['', 'nanny: No address supplied...'],
    ['--lvs', 'nanny: No address supplied...'],
    ['-h web1 --lvs', 'nanny: bad IP address -- web1'],
    ['-h 10.0.0.1', 'nanny: unknown service type'],
    ['-h 10.0.0.1 --fos', 'nanny: failover services (--fos) are not supported'],
    ['-h 10.0.0.1 --lvs stray', 'nanny: unexpected arguments'],
    [
      '-h 10.0.0.1 --lvs -t 0',
      "nanny: bad argument --interval: seconds from 0.01 to 2000000 are expected, not '0'",
    ],
    [
      '-h 10.0.0.1 --lvs -t 1e3',
      "nanny: bad argument --interval: seconds from 0.01 to 2000000 are expected, not '1e3'",
    ],
    [
      '-h 10.0.0.1 --lvs -p 70000',
      "nanny: bad argument --port: a whole number from 0 to 65535 is expected, not '70000'",
    ],
    ['-h 10.0.0.1 --lvs -V x', 'nanny: bad IP address -- x'],
  ])('refuses %j', (line, message) => {
    expect(refusal(line)).toBe(message);
  });

  it('names an unknown option', () => {
    expect(refusal('-h 10.0.0.1 --lvs --colour')).toContain('nanny: bad argument --colour');
  });

  it('answers --help and --version before anything else', () => {
    expect(readCommandLine(['--help'])).toBe('help');
    expect(readCommandLine(['--version'])).toBe('version');
  });
});
