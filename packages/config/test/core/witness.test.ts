import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { readWitness } from '../../src/core/witness-reader.js';
import { witnessTimes } from '../../src/core/witness-times.js';
import type { LvsConfiguration } from '../../src/model.js';
import { configurationOf, PAIR, SERVICE } from '../samples.js';

const FILE = PAIR + SERVICE;

function withLines(...lines: string[]): LvsConfiguration {
  return configurationOf(`${lines.join('\n')}\n${FILE}`);
}

function codesOf(...lines: string[]): readonly string[] {
  return parseLvsCf(`${lines.join('\n')}\n${FILE}`).diagnostics.map(({ code }) => code);
}

describe('a file without the words', () => {
  it('has no witness and no fence', () => {
    const { witness, fence } = withLines();
    expect(witness).toMatchObject({ targets: [], policy: 'advise', quorum: 1 });
    expect(fence).toBeUndefined();
  });
});

describe('witness', () => {
  it('is a list parted by commas, however they stand', () => {
    const text =
      'witness = gateway 10.0.0.254,tcp 10.0.0.5:22 , "ping 2001:DB8::5, http http://10.0.0.6/up?a=b"';
    const wanted = [
      { kind: 'gateway', name: 'gateway 10.0.0.254', address: '10.0.0.254' },
      { kind: 'tcp', name: 'tcp 10.0.0.5:22', address: '10.0.0.5', port: 22 },
      { kind: 'ping', name: 'ping 2001:DB8::5', address: '2001:db8::5' },
      { kind: 'http', name: 'http http://10.0.0.6/up?a=b', address: '10.0.0.6', port: 80, path: '/up?a=b' },
    ];
    expect(withLines(text).witness.targets).toEqual(wanted);
  });

  it.each([
    ['http http://[2001:db8::5]:8080', { address: '2001:db8::5', port: 8080, path: '/' }],
    ['http http://10.0.0.5?up', { address: '10.0.0.5', port: 80, path: '/?up' }],
    ['tcp [2001:db8::5]:443', { address: '2001:db8::5', port: 443 }],
    ['gateway 2001:db8::1', { address: '2001:db8::1' }],
  ])('%s', (text, wanted) => {
    expect(readWitness(text)).toMatchObject({ ...wanted, name: text });
  });

  it.each([
    ['arp 10.0.0.1', 'CF_WITNESS_KIND'],
    ['ping world.example', 'CF_WITNESS_NAME'],
    ['tcp world.example:22', 'CF_WITNESS_NAME'],
    ['http http://world.example/', 'CF_WITNESS_NAME'],
    ['ping', 'CF_WITNESS_FORM'],
    ['ping 10.0.0.1 10.0.0.2', 'CF_WITNESS_FORM'],
    ['ping 0.0.0.0', 'CF_WITNESS_FORM'],
    ['ping 224.0.0.18', 'CF_WITNESS_FORM'],
    ['ping ::1', 'CF_WITNESS_FORM'],
    ['tcp 10.0.0.1:0', 'CF_WITNESS_FORM'],
    ['http http://10.0.0.1/a\rb', 'CF_WITNESS_FORM'],
    ['http ftp://10.0.0.1/', 'CF_WITNESS_FORM'],
  ])('%j is refused: %s', (text, code) => {
    expect(readWitness(text)).toMatchObject({ code, hint: expect.any(String) });
  });

  it('may not be a director or what directors share', () => {
    const own = ['192.0.2.1', '192.0.2.2', '192.0.2.100'].map((address) =>
      codesOf(`witness = ping ${address}`),
    );
    expect(own).toEqual([['CF_WITNESS_DIRECTOR'], ['CF_WITNESS_DIRECTOR'], ['CF_WITNESS_VIP']]);
  });

  it('that is wrong is told at its own word', () => {
    const places = (line: string) =>
      parseLvsCf(`${line}\n${FILE}`).diagnostics.map(({ code, column }) => `${code} ${column}`);
    expect(places('witness = tcp 192.0.2.20:22, ping 192.0.2.2')).toEqual(['CF_WITNESS_DIRECTOR 35']);
    expect(places('witness = "tcp 192.0.2.20:22, ping 192.0.2.2"')).toEqual(['CF_WITNESS_DIRECTOR 11']);
  });

  it('is on loopback only where the directors are too', () => {
    expect(codesOf('witness = tcp 127.0.0.9:80')).toEqual(['CF_WITNESS_FORM']);
    const local = parseLvsCf(`witness = tcp 127.0.0.9:80\n${FILE.replaceAll('192.0.2.', '127.0.0.')}`);
    expect(local.configuration?.witness.targets).toMatchObject([{ address: '127.0.0.9' }]);
  });

  it('counts once', () => {
    expect(codesOf('witness = ping 10.0.0.1, ping 10.0.0.1')).toEqual(['CF_WITNESS_TWICE']);
    expect(codesOf('witness = ping 10.0.0.1, tcp 10.0.0.1:80')).toEqual([]);
  });

  it('has eight companions at most', () => {
    const many = Array.from({ length: 9 }, (_, index) => `ping 10.0.0.${index + 1}`).join(',');
    expect(codesOf(`witness = ${many}`)).toEqual(['CF_WITNESS_MANY']);
  });
});

describe('witness_quorum', () => {
  it.each([
    ['ping 10.0.0.1', 1, 'require', []],
    ['ping 10.0.0.1', 2, 'advise', ['CF_WITNESS_QUORUM']],
    ['ping 10.0.0.1, ping 10.0.0.2', 1, 'require', ['CF_WITNESS_HALVES']],
    ['ping 10.0.0.1, ping 10.0.0.2', 1, 'advise', []],
    ['ping 10.0.0.1, ping 10.0.0.2', 2, 'require', []],
    ['ping 10.0.0.1, ping 10.0.0.2, ping 10.0.0.3', 2, 'require', []],
  ])('%s: %i, %s', (witness, quorum, policy, codes) => {
    const lines = [`witness = ${witness}`, `witness_quorum = ${quorum}`, `witness_policy = ${policy}`];
    expect(codesOf(...lines)).toEqual(codes);
  });
});

describe('words that nobody reads', () => {
  it('are told', () => {
    expect(codesOf('witness_policy = require', 'witness_interval = 1')).toEqual([
      'CF_WITNESS_UNUSED',
      'CF_WITNESS_UNUSED',
    ]);
    expect(codesOf('fence_timeout = 3')).toEqual(['CF_FENCE_UNUSED']);
  });

  it('also where there is no partner', () => {
    const alone = FILE.replace('backup_active = 1', 'backup_active = 0');
    const text = `witness = ping 10.0.0.1\nfence_cmd = /bin/true\n${alone}`;
    const codes = parseLvsCf(text).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(['CF_WITNESS_UNUSED', 'CF_FENCE_UNUSED']);
  });
});

describe('times', () => {
  it.each([
    [2_000, 5_000, undefined, { intervalMs: 675, holdLimitMs: 2_700, marginMs: 300, takeAfterMs: 5_000 }],
    [1_000, 2_000, undefined, { intervalMs: 225, holdLimitMs: 900, marginMs: 100, takeAfterMs: 2_000 }],
    [30, 100, undefined, { intervalMs: 20, holdLimitMs: 80, marginMs: 7, takeAfterMs: 117 }],
    [1_000, 2_000, 1_000, { intervalMs: 1_000, holdLimitMs: 4_000, marginMs: 100, takeAfterMs: 5_100 }],
    [1_000, 60_000, undefined, { intervalMs: 1_000, holdLimitMs: 53_100 }],
  ])('keepalive %i, deadtime %i, interval %s', (keepaliveMs, deadtimeMs, intervalMs, wanted) => {
    expect(witnessTimes(keepaliveMs, deadtimeMs, intervalMs)).toMatchObject(wanted);
  });

  it('let a holder go before the partner takes, and leave room for four questions', () => {
    for (const keepaliveMs of [10, 50, 333, 2_000]) {
      for (const deadtimeMs of [20, 100, 1_000, 30_000]) {
        for (const intervalMs of [undefined, 10, 5_000]) {
          const times = witnessTimes(keepaliveMs, deadtimeMs, intervalMs);
          expect(times.takeAfterMs).toBeGreaterThanOrEqual(deadtimeMs);
          expect(times.takeAfterMs).toBeGreaterThanOrEqual(keepaliveMs + times.holdLimitMs + times.marginMs);
          expect(times.holdLimitMs).toBeGreaterThanOrEqual(4 * times.intervalMs);
        }
      }
    }
  });

  it('that make a takeover wait are told where it waits', () => {
    const lines = ['witness = ping 10.0.0.1', 'witness_interval = 1'];
    expect(codesOf('witness_policy = require', ...lines)).toEqual(['CF_WITNESS_DELAY']);
    expect(codesOf(...lines)).toEqual([]);
  });
});

describe('fence_cmd', () => {
  it('comes with a limit and a way out', () => {
    expect(withLines('fence_cmd = "/sbin/fence node2"').fence).toEqual({
      command: '/sbin/fence node2',
      timeoutMs: 20_000,
      failure: 'wait',
    });
  });

  it('needs the whole path', () => {
    expect(codesOf('fence_cmd = "fence node2"')).toEqual(['CF_FENCE_PATH']);
  });
});
