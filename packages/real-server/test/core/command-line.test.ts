import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/core/command-line.js';

const RUN = { runDirectory: '/run/lvs-realserver', json: false };

function read(line: string) {
  return readCommandLine(line === '' ? [] : line.split(' '));
}

describe('a command line that is right', () => {
  it('start with VIPs: one spelling for each, none twice', () => {
    expect(read('start 192.0.2.1 2001:DB8:0::1 2001:db8::1')).toEqual({
      kind: 'start',
      source: {
        vips: [
          { address: '192.0.2.1', method: 'direct' },
          { address: '2001:db8::1', method: 'direct' },
        ],
        lvsCf: undefined,
      },
      arp: 'sysctl',
      pathMtuBytes: 0,
      ...RUN,
    });
  });

  it('start with every option', () => {
    const line =
      'start --arp nft --path-mtu 1500 --method tunnel --run-dir /tmp/x --lvs-cf a.cf --address 10.0.0.1';
    expect(read(`${line} 192.0.2.1`)).toEqual({
      kind: 'start',
      source: {
        vips: [{ address: '192.0.2.1', method: 'tunnel' }],
        lvsCf: { file: 'a.cf', directors: [], ownAddresses: ['10.0.0.1'] },
      },
      arp: 'nft',
      pathMtuBytes: 1_500,
      runDirectory: '/tmp/x',
      json: false,
    });
  });

  it('directors have an lvs.cf of their own place', () => {
    expect(read('check --json --director lb1 --director root@lb2.example')).toEqual({
      kind: 'check',
      source: {
        vips: [],
        lvsCf: {
          file: '/etc/sysconfig/ha/lvs.cf',
          directors: ['lb1', 'root@lb2.example'],
          ownAddresses: [],
        },
      },
      ...RUN,
      json: true,
    });
  });

  it('check, status and stop need no VIPs', () => {
    expect(read('check')).toEqual({ kind: 'check', source: undefined, ...RUN });
    expect(read('status --json')).toEqual({ kind: 'status', ...RUN, json: true });
    expect(read('stop')).toEqual({ kind: 'stop', ...RUN });
  });

  it('help and version win over everything', () => {
    expect(read('start --help')).toEqual({ kind: 'help' });
    expect(read('-h')).toEqual({ kind: 'help' });
    expect(read('dance --version')).toEqual({ kind: 'version' });
  });
});

describe('a command line that is wrong', () => {
  it.each([
    ['', 'what to do?'],
    ['dance', "unknown action 'dance'"],
    ['toString', "unknown action 'toString'"],
    ['start', 'start needs VIPs, --lvs-cf or --director'],
    ['start --bogus 192.0.2.1', "Unknown option '--bogus'"],
    ['start 192.0.2.1 --json', '--json does not belong to start'],
    ['stop --arp nft', '--arp does not belong to stop'],
    ['check --path-mtu 1500', '--path-mtu does not belong to check'],
    ['stop 192.0.2.1', 'stop takes no VIPs: it is about all of them'],
    ['start --arp iptables 192.0.2.1', '--arp is one of sysctl, nft'],
    ['start --method nat 192.0.2.1', '--method is direct or tunnel; NAT needs nothing'],
    ['start --address 10.0.0.1 192.0.2.1', '--address belongs to --lvs-cf or --director'],
    ['start --director -oProxyCommand=x', "Option '--director' argument is ambiguous"],
    ['start --director=-oProxyCommand=x', "--director: '-oProxyCommand=x' is neither HOST nor USER@HOST"],
    [
      'start --director lb1 --lvs-cf /a;reboot',
      "--lvs-cf: '/a;reboot' is no plain absolute path on the director",
    ],
    ['start --director lb1 --lvs-cf -', "--lvs-cf: '-' is no plain absolute path on the director"],
    ['start --path-mtu 575 192.0.2.1', '--path-mtu is a number of bytes, 576 to 65535'],
    ['start --path-mtu 99999 192.0.2.1', '--path-mtu is a number of bytes, 576 to 65535'],
    ['start --path-mtu 0x600 192.0.2.1', '--path-mtu is a number of bytes, 576 to 65535'],
    ['start --lvs-cf= 192.0.2.1', '--lvs-cf needs a file'],
    ['start --run-dir= 192.0.2.1', '--run-dir needs a directory'],
  ])('%s', (line, reason) => {
    expect(read(line)).toMatchObject({ kind: 'wrong', code: 'REALSERVER_USAGE', reason });
  });

  it.each([
    ['start www.example', /'www\.example' is no IP address/],
    ['start 192.0.2.1/32', /'192\.0\.2\.1\/32' is no IP address/],
    ['start 192.0.2', /is no IP address/],
    ['start 127.0.0.1', /cannot be a VIP/],
    ['start 224.0.0.1', /cannot be a VIP/],
    ['start 0.0.0.0', /cannot be a VIP/],
    ['start ::1', /cannot be a VIP/],
    ['start ::', /cannot be a VIP/],
    ['start ff02::1', /cannot be a VIP/],
    ['start fe80::1', /cannot be a VIP/],
    ['start ::ffff:192.0.2.1', /cannot be a VIP/],
    ['start --lvs-cf a.cf --address lb1', /'lb1' is no IP address/],
  ])('%s', (line, reason) => {
    expect(read(line)).toMatchObject({
      kind: 'wrong',
      code: 'REALSERVER_ADDRESS',
      reason: expect.stringMatching(reason),
    });
  });

  it('too many VIPs', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    expect(readCommandLine(['start', ...many])).toMatchObject({ code: 'REALSERVER_LIMIT' });
  });

  it('a strange word is shown without control characters, and cut', () => {
    const command = readCommandLine([`\u001b[2J${'x'.repeat(100)}`]);
    expect(command).toMatchObject({ reason: `unknown action '?[2J${'x'.repeat(56)}...'` });
  });
});
