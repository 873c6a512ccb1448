import { describe, expect, it } from 'vitest';
import { needsFtpHelper, usesNat } from '../../src/core/derived.js';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import type { LvsConfiguration, VirtualServerConfig } from '../../src/model.js';

const PAIR = 'primary = 192.0.2.1\nbackup = 192.0.2.2\nbackup_active = 1\n';

function server(address: string, ...lines: string[]): string {
  return ['server a {', `address = ${address}`, 'active = 1', ...lines, '}\n'].join('\n');
}

function block(address: string | undefined, lines: readonly string[], ...servers: string[]): string {
  const vip = address === undefined ? [] : [`address = ${address} eth0:1`];
  return `${['virtual web {', 'active = 1', ...vip, ...lines].join('\n')}\n${servers.join('')}}\n`;
}

function configurationOf(text: string): LvsConfiguration {
  const { configuration, diagnostics } = parseLvsCf(PAIR + text);
  if (!configuration) throw new Error(JSON.stringify(diagnostics));
  return configuration;
}

function only(text: string): VirtualServerConfig {
  const [service] = configurationOf(text).virtualServers;
  if (!service) throw new Error('no service');
  return service;
}

const FOUR = server('10.0.0.11');
const SIX = server('2001:DB8:1::0:11');

describe('a file with the old words alone', () => {
  it('has the defaults of the new ones', () => {
    const configuration = configurationOf(block('192.0.2.100', [], FOUR));
    expect(configuration).toMatchObject({
      failoverState: 'none',
      resetGuard: false,
      tableDrift: 'revert',
      manageSysctls: true,
    });
    expect(configuration.virtualServers[0]).toMatchObject({
      family: 4,
      forwarding: 'nat',
      schedulerFlags: [],
      onePacket: false,
      servers: [{ forwarding: 'nat', upperThreshold: 0, lowerThreshold: 0 }],
    });
  });

  it('means failover_state = sync with syncdaemon = 1', () => {
    const configuration = configurationOf(`syncdaemon = 1\n${block('192.0.2.100', [], FOUR)}`);
    expect(configuration).toMatchObject({ failoverState: 'sync', resetGuard: true });
  });
});

describe('failover_state', () => {
  it.each([
    ['sync', true],
    ['hash', true],
    ['none', false],
  ])('%s', (word, resetGuard) => {
    const text = `failover_state = ${word}\n${block('192.0.2.100', [], FOUR)}`;
    expect(configurationOf(text)).toMatchObject({ failoverState: word, resetGuard });
    expect(configurationOf(`reset_guard = ${Number(!resetGuard)}\n${text}`).resetGuard).toBe(!resetGuard);
  });

  it('leaves drift and the settings of the kernel to the operator where told', () => {
    const text = `table_drift = report\nmanage_sysctls = 0\n${block('192.0.2.100', [], FOUR)}`;
    expect(configurationOf(text)).toMatchObject({ tableDrift: 'report', manageSysctls: false });
  });
});

describe('maintenance_dir', () => {
  const service = block('192.0.2.100', [], FOUR);

  it('is none unless it is named, and an absolute path', () => {
    expect(configurationOf(service).maintenanceDirectory).toBeUndefined();
    expect(configurationOf(`maintenance_dir = /etc/out\n${service}`).maintenanceDirectory).toBe('/etc/out');
    const { configuration, diagnostics } = parseLvsCf(Buffer.from(`maintenance_dir = out\n${service}`));
    expect(configuration).toBeUndefined();
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'CF_MAINTENANCE_DIR_PATH', line: 1, column: 19 },
    ]);
  });
});

describe('IPv6', () => {
  it('addresses get their canonical spelling', () => {
    const service = only(block('2001:0DB8::0100', ['sorry_server = 2001:DB8:0:0::99'], SIX));
    expect(service).toMatchObject({
      address: { address: '2001:db8::100', device: 'eth0:1' },
      family: 6,
      sorryServer: '2001:db8::99',
      servers: [{ address: '2001:db8:1::11' }],
    });
  });

  it('decides the family of a mark by the VIP, else by the first active server', () => {
    expect(only(block('2001:db8::100', ['fwmark = 7'], SIX)).family).toBe(6);
    expect(only(block(undefined, ['fwmark = 7'], SIX)).family).toBe(6);
    expect(only(block(undefined, ['fwmark = 7'], FOUR)).family).toBe(4);
    expect(only(block(undefined, ['fwmark = 7'], SIX.replace('active = 1', 'active = 0'), FOUR)).family).toBe(
      4,
    );
  });

  it('takes a prefix length for pmask, and that of a single host as none', () => {
    const maskOf = (mask: string) =>
      only(block('2001:db8::100', ['persistent = 60', `pmask = ${mask}`], SIX)).persistenceMask;
    expect(maskOf('64')).toBe('64');
    expect(maskOf('128')).toBeUndefined();
  });

  it('leaves a number as pmask of an IPv4 service what it was', () => {
    expect(only(block('192.0.2.100', ['persistent = 60', 'pmask = 24'], FOUR)).persistenceMask).toBe(
      '0.0.0.24',
    );
  });

  it('repeats of a service are known in any spelling', () => {
    const text = block('2001:db8::100', [], SIX) + block('2001:DB8:0::100', [], SIX);
    expect(configurationOf(text).virtualServers.map(({ active }) => active)).toEqual([true, false]);
  });
});

describe('forward', () => {
  it('of the server wins over that of the virtual, and that over network', () => {
    const servers = [FOUR, server('10.0.0.12', 'forward = nat'), server('10.0.0.13', 'forward = tunnel')];
    const lines = ['forward = direct'];
    const service = only(`network = tunnel\n${block('192.0.2.100', lines, ...servers)}`);
    expect(service.forwarding).toBe('direct');
    expect(service.servers.map(({ forwarding }) => forwarding)).toEqual(['direct', 'nat', 'tunnel']);
    expect(only(`network = tunnel\n${block('192.0.2.100', [], FOUR)}`).servers[0]?.forwarding).toBe('tunnel');
  });

  it('tells whether NAT is used at all', () => {
    const natOf = (head: string, ...servers: string[]) =>
      usesNat(configurationOf(head + block('192.0.2.100', [], ...servers)));
    expect(natOf('', FOUR)).toBe(true);
    expect(natOf('', server('10.0.0.11', 'forward = direct'))).toBe(false);
    expect(natOf('network = direct\n', FOUR)).toBe(false);
    expect(natOf('network = direct\n', FOUR, server('10.0.0.12', 'forward = nat'))).toBe(true);
    expect(natOf('')).toBe(true);
    expect(natOf('network = direct\n')).toBe(false);
  });
});

describe('thresholds', () => {
  function thresholdsOf(virtual: readonly string[], own: readonly string[]): readonly number[] {
    const [first] = only(block('192.0.2.100', virtual, server('10.0.0.11', ...own))).servers;
    return [first?.upperThreshold ?? -1, first?.lowerThreshold ?? -1];
  }

  it('come from the virtual block where the server has none', () => {
    const virtual = ['upper_threshold = 100', 'lower_threshold = 80'];
    expect(thresholdsOf(virtual, [])).toEqual([100, 80]);
    expect(thresholdsOf(virtual, ['upper_threshold = 200'])).toEqual([200, 80]);
    expect(thresholdsOf(virtual, ['lower_threshold = 0'])).toEqual([100, 0]);
  });

  it('are both lifted by upper_threshold = 0', () => {
    expect(thresholdsOf(['upper_threshold = 100', 'lower_threshold = 80'], ['upper_threshold = 0'])).toEqual([
      0, 0,
    ]);
  });
});

describe('scheduler_flags', () => {
  it.each([
    ['sh', 'sh-port sh-fallback', ['sh-fallback', 'sh-port']],
    ['sh', 'sh-port,sh-port', ['sh-port']],
    ['sh', '"flag-2 flag-1"', ['sh-fallback', 'sh-port']],
    ['mh', 'mh-port', ['mh-port']],
    ['wlc', 'flag-3 flag-1', ['flag-1', 'flag-3']],
  ])('of %s: %s', (scheduler, words, flags) => {
    const lines = [`scheduler = ${scheduler}`, `scheduler_flags = ${words}`];
    expect(only(block('192.0.2.100', lines, FOUR)).schedulerFlags).toEqual(flags);
  });
});

describe('ops', () => {
  it('is one-packet scheduling', () => {
    const lines = ['protocol = udp', 'ops = 1', 'expect = *'];
    expect(only(block('192.0.2.100', lines, FOUR)).onePacket).toBe(true);
  });
});

describe('the FTP helper', () => {
  it.each([
    [[], FOUR, false],
    [['port = 21'], FOUR, true],
    [['port = 21', 'fwmark = 21'], FOUR, true],
    [['port = 21', 'forward = direct'], FOUR, false],
    [['port = 21', 'forward = direct'], server('10.0.0.12', 'forward = nat'), true],
    [['port = 21', 'protocol = udp', 'expect = *'], FOUR, false],
    [['port = 21'], FOUR.replace('active = 1', 'active = 0'), false],
  ])('%j', (lines, servers, expected) => {
    expect(needsFtpHelper(configurationOf(block('192.0.2.100', lines, servers)))).toBe(expected);
  });
});
