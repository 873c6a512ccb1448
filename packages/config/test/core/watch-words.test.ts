import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { configurationOf, PAIR, SERVICE } from '../samples.js';

function service(virtual: string, server = ''): string {
  const [head = '', tail = ''] = SERVICE.split('  server a {\n');
  return `${PAIR}${head}${virtual}  server a {\n${server}${tail}`;
}

const watchOf = (text: string) => configurationOf(text).virtualServers[0]?.servers[0]?.watch;
const codesOf = (text: string) =>
  parseLvsCf(text).diagnostics.flatMap(({ code, line }) =>
    code.startsWith('CF_CHANGED') ? [] : [`${line} ${code}`],
  );

describe('how a server is watched', () => {
  it('is left to the old words where no other is given', () => {
    expect(watchOf(service('timeout = 3\nreentry = 9\n'))).toBeUndefined();
  });

  it('is said by the virtual block, and by the server block for itself', () => {
    const virtual =
      'rise = 2\nfall = 3\ninterval = 5\nfast_interval = 0.5\ndown_interval = 30\ncheck_port = 81\n';
    const server = 'fall = 1\ntimeout = 2.5\nreentry = 7\ninitial_state = up\ncheck_address = 10.0.1.1\n';
    expect(watchOf(service(virtual, server))).toEqual({
      rise: 2,
      fall: 1,
      intervalMs: 5_000,
      fastIntervalMs: 500,
      downIntervalMs: 30_000,
      checkPort: 81,
      timeoutMs: 2_500,
      reentryMs: 7_000,
      initialState: 'up',
      checkAddress: '10.0.1.1',
    });
  });

  it('may go back to the first check for one server', () => {
    expect(watchOf(service('initial_state = up\n', 'initial_state = unknown\n'))).toBeUndefined();
  });
});

describe('contradictions', () => {
  it.each([
    ['rise = 2\nreentry = 30\n', 'CF_REENTRY_UNUSED'],
    ['interval = 2\nfast_interval = 3\n', 'CF_FAST_INTERVAL_SLOW'],
    ['timeout = 2\nconnect_timeout = 3\n', 'CF_CONNECT_TIMEOUT_LONG'],
    ['delay_before_retry = 3\n', 'CF_RETRY_DELAY_UNUSED'],
    ['connect_timeout = 1\nsend_program = "/bin/true"\n', 'CF_CONNECT_TIMEOUT_UNUSED'],
    ['check_address = 2001:db8::1\n', 'CF_CHECK_ADDRESS_FAMILY'],
  ])('%j gets %s once', (virtual, code) => {
    const found = codesOf(service(virtual)).filter((finding) => finding.endsWith(code));
    expect(found).toHaveLength(1);
    expect(codesOf(service(''))).toEqual([]);
  });

  it.each([
    ['connect_timeout = 1\ncheck a {\nkind = ping\n}\n', ['7 CF_CONNECT_TIMEOUT_UNUSED']],
    ['connect_timeout = 1\ncheck a {\nkind = tcp\nconnect_timeout = 2\n}\n', ['7 CF_CONNECT_TIMEOUT_UNUSED']],
    ['connect_timeout = 1\ncheck a {\nkind = tcp\n}\n', []],
    ['timeout = 2\nconnect_timeout = 3\ncheck a {\nkind = tcp\ncheck_timeout = 4\n}\n', []],
    [
      'timeout = 4\nconnect_timeout = 3\ncheck a {\nkind = tcp\ncheck_timeout = 2\n}\n',
      ['8 CF_CONNECT_TIMEOUT_LONG'],
    ],
  ])('go by the limits of check blocks: %j', (virtual, found) => {
    expect(codesOf(service(virtual))).toEqual(found);
  });

  it('are told at the line of the virtual block once for all servers', () => {
    const two = service('delay_before_retry = 3\n').replace(
      /\}\n\}\n$/,
      '}\n  server b {\naddress = 10.0.0.12\nactive = 1\n}\n}\n',
    );
    expect(codesOf(two)).toEqual(['7 CF_RETRY_DELAY_UNUSED']);
  });
});
