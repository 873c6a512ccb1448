import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../../src/core/command-line.js';

const WORDS = ['10.77.0.100', '02005E100001', '10.77.0.255', 'ffffffffffff'];

describe("the original's form", () => {
  const expected = {
    kind: 'original',
    device: 'eth0',
    address: '10.77.0.100',
    mac: '02:00:5e:10:00:01',
    destinationMac: 'ff:ff:ff:ff:ff:ff',
    verbose: false,
  };

  it('takes four words and eth0', () => {
    expect(readCommandLine(WORDS)).toEqual(expected);
  });

  it('takes a device, colons in the MAC, and anything as the third word', () => {
    const args = ['-v', '-i', 'bond0:3', '10.77.0.100', '02:00:5e:10:00:01', 'whatever', 'ff:ff:ff:ff:ff:ff'];
    expect(readCommandLine(args)).toEqual({ ...expected, device: 'bond0:3', verbose: true });
  });

  it.each([
    ['no words', []],
    ['three words', WORDS.slice(1)],
    ['five words', [...WORDS, 'more']],
    ['a device without a name', ['-i']],
    ['an unknown option', ['-x', ...WORDS]],
    ['a schedule', ['--schedule', '0,1', ...WORDS]],
    ['a form', ['--form', 'reply', ...WORDS]],
  ])('refuses %s', (_, args) => {
    expect(readCommandLine(args)).toMatchObject({ kind: 'wrong', code: 'SEND_ARP_USAGE' });
  });

  it('tells the usage when words are missing', () => {
    expect(readCommandLine([])).toMatchObject({
      reason: 'usage: send_arp [-i DEV] IP MAC IGNORED_IP DSTMAC',
    });
  });

  it.each([
    ['SEND_ARP_ADDRESS', ['10.77.0.256', ...WORDS.slice(1)]],
    ['SEND_ARP_ADDRESS', ['fd00::1', ...WORDS.slice(1)]],
    ['SEND_ARP_MAC', ['10.77.0.100', '02005e1000', '10.77.0.255', 'ffffffffffff']],
    ['SEND_ARP_MAC', ['10.77.0.100', '02005e100001', '10.77.0.255', 'all']],
  ])('gives %s for %j', (code, args) => {
    expect(readCommandLine(args)).toMatchObject({ kind: 'wrong', code });
  });
});

describe('--announce', () => {
  const expected = {
    kind: 'announce',
    targets: [{ interface: 'eth0', address: '10.77.0.100' }],
    scheduleMs: [0, 1_000, 5_000, 10_000],
    form: 'both',
    verbose: false,
  };

  it('announces both forms on the usual schedule', () => {
    expect(readCommandLine(['--announce', 'eth0=10.77.0.100'])).toEqual(expected);
  });

  it('takes a schedule, a form and many addresses', () => {
    const args = [
      '--announce',
      '--schedule',
      '0,0.25,3600',
      '--form',
      'reply',
      'eth0:1=10.0.0.1',
      'b.7=fd00::1',
    ];
    expect(readCommandLine(args)).toEqual({
      ...expected,
      scheduleMs: [0, 250, 3_600_000],
      form: 'reply',
      targets: [
        { interface: 'eth0:1', address: '10.0.0.1' },
        { interface: 'b.7', address: 'fd00::1' },
      ],
    });
  });

  it('reads from standard input for -', () => {
    expect(readCommandLine(['--announce', '-'])).toEqual({ ...expected, targets: 'stdin' });
  });

  it.each([
    ['SEND_ARP_USAGE', []],
    ['SEND_ARP_USAGE', ['-i', 'eth0', 'eth0=10.0.0.1']],
    ['SEND_ARP_USAGE', ['--form', 'arp', 'eth0=10.0.0.1']],
    ['SEND_ARP_TARGET', ['-', 'eth0=10.0.0.1']],
    ['SEND_ARP_TARGET', ['10.0.0.1']],
    ['SEND_ARP_TARGET', ['=10.0.0.1']],
    ['SEND_ARP_TARGET', ['../eth0=10.0.0.1']],
    ['SEND_ARP_ADDRESS', ['eth0=']],
    ['SEND_ARP_ADDRESS', ['eth0=10.0.0.1/24']],
    ['SEND_ARP_ADDRESS', ['eth0=fe80::1%eth0']],
    ['SEND_ARP_SCHEDULE', ['--schedule', '', 'eth0=10.0.0.1']],
    ['SEND_ARP_SCHEDULE', ['--schedule', '0,,1', 'eth0=10.0.0.1']],
    ['SEND_ARP_SCHEDULE', ['--schedule', '1e3', 'eth0=10.0.0.1']],
    ['SEND_ARP_SCHEDULE', ['--schedule', '3600.5', 'eth0=10.0.0.1']],
    ['SEND_ARP_SCHEDULE', ['--schedule=-1', 'eth0=10.0.0.1']],
    ['SEND_ARP_SCHEDULE', ['--schedule', Array.from({ length: 21 }, String).join(','), 'eth0=10.0.0.1']],
  ])('gives %s for %j', (code, args) => {
    expect(readCommandLine(['--announce', ...args])).toMatchObject({ kind: 'wrong', code });
  });
});

describe('help and version', () => {
  it('win over everything else', () => {
    expect(readCommandLine(['--help', 'x'])).toEqual({ kind: 'help' });
    expect(readCommandLine(['--announce', '--version'])).toEqual({ kind: 'version' });
  });
});
