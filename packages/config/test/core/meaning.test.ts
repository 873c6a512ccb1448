import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import type { LvsConfiguration } from '../../src/model.js';

const PAIR = 'primary = 192.0.2.1\nbackup = 192.0.2.2\nbackup_active = 1\n';
const SERVER = 'server a {\naddress = 10.0.0.11\nactive = 1\n}\n';

function virtual(lines: string, inner = SERVER): string {
  return `virtual web {\nactive = 1\naddress = 192.0.2.100 eth0:1\n${lines}${inner}}\n`;
}

function configurationOf(text: string): LvsConfiguration {
  const { configuration, diagnostics } = parseLvsCf(text);
  if (!configuration) throw new Error(JSON.stringify(diagnostics));
  return configuration;
}

describe('defaults', () => {
  it('are the original ones', () => {
    const configuration = configurationOf(PAIR + virtual(''));
    expect(configuration).toMatchObject({
      serialNumber: 0,
      service: 'lvs',
      primaryPrivate: '192.0.2.1',
      backupPrivate: '192.0.2.2',
      heartbeatPort: 539,
      keepaliveMs: 2000,
      deadtimeMs: 5000,
      network: 'nat',
      hardShutdown: true,
      syncInterface: 'eth0',
      standby: 'warm',
      ipvsadmPath: '/sbin/ipvsadm',
    });
    expect(configuration.virtualServers[0]).toMatchObject({
      port: 80,
      protocol: 'tcp',
      scheduler: 'wlc',
      persistentSeconds: 0,
      firewallMark: 0,
      quiesceServer: false,
      check: { send: undefined, expect: undefined, timeoutMs: 10_000, reentryMs: 180_000 },
      servers: [{ name: 'a', address: '10.0.0.11', weight: 1, port: 80, active: true, line: 7 }],
    });
  });
});

describe('the pair', () => {
  it('overwrites both private addresses where primary_private is absent', () => {
    const { backupPrivate } = configurationOf(`${PAIR}backup_private = 10.9.9.2\n${virtual('')}`);
    expect(backupPrivate).toBe('192.0.2.2');
  });

  it('keeps both where primary_private is given', () => {
    const text = `${PAIR}primary_private = 10.9.9.1\nbackup_private = 10.9.9.2\n${virtual('')}`;
    expect(configurationOf(text)).toMatchObject({ primaryPrivate: '10.9.9.1', backupPrivate: '10.9.9.2' });
  });

  it('resets backup_active without a backup', () => {
    const text = `primary = 192.0.2.1\nbackup_active = 1\n${virtual('')}`;
    expect(configurationOf(text).backupActive).toBe(false);
  });
});

describe('values', () => {
  it('last one wins, fractions become milliseconds', () => {
    const text = `${PAIR}keepalive = 9\nkeepalive = 0.25\n${virtual('timeout = 0.5\nreentry = 1.5\n')}`;
    const configuration = configurationOf(text);
    expect(configuration.keepaliveMs).toBe(250);
    expect(configuration.virtualServers[0]?.check).toMatchObject({ timeoutMs: 500, reentryMs: 1500 });
  });

  it("copies the virtual's port as it stands at the server line", () => {
    const inner = `${SERVER}port = 8080\n${SERVER.replace('10.0.0.11', '10.0.0.12')}`;
    const service = configurationOf(PAIR + virtual('', inner)).virtualServers[0];
    expect(service?.port).toBe(8080);
    expect(service?.servers.map((server) => server.port)).toEqual([80, 8080]);
  });

  it('keeps escapes untranslated, and apostrophes around send', () => {
    const service = configurationOf(PAIR + virtual('send = "GET /\\r\\n "\nexpect = \'OK\'\n'))
      .virtualServers[0];
    expect(service?.check).toMatchObject({ send: 'GET /\\r\\n ', expect: "'OK'" });
  });

  it('drops a persistence mask without persistence, and the mask of a single host', () => {
    const maskOf = (lines: string) =>
      configurationOf(PAIR + virtual(lines)).virtualServers[0]?.persistenceMask;
    expect(maskOf('pmask = 255.255.255.0\n')).toBeUndefined();
    expect(maskOf('persistent = 9\npmask = 255.255.255.255\n')).toBeUndefined();
    expect(maskOf('persistent = 9\npmask = 255.255.255.0\n')).toBe('255.255.255.0');
  });

  it('decodes UTF-8 names', () => {
    const text = PAIR + virtual('').replace('web', '"B\u00fccher 1"');
    expect(configurationOf(text).virtualServers[0]?.name).toBe('B\u00fccher 1');
  });
});

describe('repeated blocks', () => {
  it('marks a repeated service and a repeated server inactive', () => {
    const twice = PAIR + virtual('', SERVER + SERVER) + virtual('');
    const [first, second] = configurationOf(twice).virtualServers;
    expect(first?.servers.map((server) => server.active)).toEqual([true, false]);
    expect(second?.active).toBe(false);
  });

  it('keeps blocks of one mark', () => {
    const text = PAIR + virtual('fwmark = 7\n') + virtual('fwmark = 7\nport = 443\n');
    expect(configurationOf(text).virtualServers.map((service) => service.active)).toEqual([true, true]);
  });
});

describe('limits', () => {
  it('stops telling after a thousand findings and still says that it failed', () => {
    const { configuration, diagnostics } = parseLvsCf('nonsense\n'.repeat(5000));
    expect(configuration).toBeUndefined();
    expect(diagnostics).toHaveLength(1000);
  });

  it('keeps an error that comes behind a thousand warnings', () => {
    const { configuration, diagnostics } = parseLvsCf(
      `${'keepalive = 2\n'.repeat(3000)}nonsense\n${virtual('')}`,
    );
    expect(configuration).toBeUndefined();
    expect(diagnostics.some((finding) => finding.severity === 'error')).toBe(true);
  });
});
