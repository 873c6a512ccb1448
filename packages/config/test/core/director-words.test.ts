import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { configurationOf, PAIR, SERVICE } from '../samples.js';

const KEY = 'heartbeat_key = /etc/sysconfig/ha/beat.keys\n';

function director(name: string, host: number, hasPrivate = false): string {
  const second = hasPrivate ? `  private = 10.9.9.${host}\n` : '';
  return `director ${name} {\n  public = 192.0.2.${host}\n${second}}\n`;
}

const TWO = director('alpha', 1) + director('beta', 2);
const THREE = TWO + director('gamma', 3);

function findings(text: string): string[] {
  return parseLvsCf(text + SERVICE).diagnostics.map(
    ({ severity, code, line, column }) => `${severity} ${code} ${line}:${column}`,
  );
}

describe('director blocks', () => {
  it('name the directors by rank', () => {
    expect(configurationOf(KEY + THREE + SERVICE).directors).toMatchObject([
      { name: 'alpha', publicAddress: '192.0.2.1', privateAddress: '192.0.2.1' },
      { name: 'beta', publicAddress: '192.0.2.2' },
      { name: 'gamma', publicAddress: '192.0.2.3', privateAddress: '192.0.2.3' },
    ]);
    expect(findings(KEY + THREE)).toEqual([]);
  });

  it('say whose addresses no VIP may have, the last one of them too', () => {
    const gammaIsVip = SERVICE.replace('192.0.2.100', '192.0.2.3');
    const codes = parseLvsCf(KEY + THREE + gammaIsVip).diagnostics.map(({ code }) => code);
    expect(codes).toContain('CF_VIP_IS_DIRECTOR');
  });

  it('are a pair when there are two, in all that a pair means', () => {
    const two = director('alpha', 1, true) + director('beta', 2, true);
    const pair = `${PAIR}primary_private = 10.9.9.1\nbackup_private = 10.9.9.2\n`;
    const { directors, virtualServers, ...meaning } = configurationOf(two + SERVICE);
    const { directors: none, virtualServers: _, ...same } = configurationOf(pair + SERVICE);
    expect(meaning).toEqual(same);
    expect(directors).toHaveLength(2);
    expect(virtualServers).toHaveLength(1);
    expect(none).toEqual([]);
    expect(findings(two)).toEqual([]);
  });

  it('are two to five', () => {
    expect(findings(director('alpha', 1))).toEqual(['error CF_DIRECTORS_FEW 1:10']);
    const six = THREE + director('d', 4) + director('e', 5) + director('f', 6);
    expect(findings(KEY + six)).toEqual(['error CF_DIRECTORS_MANY 17:10']);
  });

  it('have a name and addresses of their own', () => {
    expect(findings(TWO + director('alpha', 1) + KEY)).toEqual(['error CF_DIRECTOR_TWICE 7:10']);
    expect(findings(TWO + director('gamma', 2) + KEY)).toEqual(['error CF_DIRECTOR_TWICE 8:12']);
    expect(findings(`director "a b" {\n  public = 192.0.2.9\n}\n${director('beta', 2)}`)).toEqual([
      'error CF_DIRECTOR_NAME 1:10',
    ]);
    expect(findings(`${director('alpha', 1)}director beta {\n}\n`)).toEqual([
      'error CF_DIRECTOR_ADDRESS 4:10',
    ]);
    expect(findings(`${director('alpha', 1)}director beta {\n  public = 0.0.0.0\n}\n`)).toEqual([
      'error CF_BAD_ADDRESS 5:12',
    ]);
  });

  it('are not written beside the words of a pair', () => {
    expect(findings(TWO + PAIR)).toEqual([
      'error CF_DIRECTORS_AND_PAIR 7:1',
      'error CF_DIRECTORS_AND_PAIR 8:1',
      'error CF_DIRECTORS_AND_PAIR 9:1',
    ]);
  });

  it('say where a second path is missing', () => {
    const some = director('alpha', 1, true) + director('beta', 2, true) + director('gamma', 3);
    expect(findings(KEY + some)).toEqual(['warning CF_DIRECTOR_ONE_PATH 10:10']);
  });

  it('say what more than two cannot have', () => {
    expect(findings(THREE)).toEqual(['error CF_DIRECTORS_KEY 7:10']);
    const words = 'adaptive = 1\nconfig_sync = 1\nfailback = ready\nfence_cmd = /sbin/off\n';
    expect(findings(KEY + words + THREE)).toEqual([
      'warning CF_DIRECTORS_ADAPTIVE 2:12',
      'warning CF_DIRECTORS_SYNC 3:15',
      'warning CF_DIRECTORS_FAILBACK 4:12',
      'error CF_DIRECTORS_FENCE 5:13',
    ]);
    const { adaptive, configSync } = configurationOf(`${KEY}adaptive = 1\n${THREE}${SERVICE}`);
    expect({ adaptive, configSync }).toEqual({ adaptive: false, configSync: false });
  });

  it('have no groups where they are more than two', () => {
    const groups = 'vip_group mail {\n virtual = web\n}\n';
    expect(findings(`${KEY}${THREE}${groups}`)).toContain('error CF_DIRECTORS_GROUPS 11:11');
    const two = director('alpha', 1) + director('beta', 2);
    expect(findings(`${KEY}${two}${groups}`).filter((text) => text.startsWith('error'))).toEqual([]);
  });

  it('are no witnesses', () => {
    expect(findings(`${KEY + THREE}witness = ping 192.0.2.3\n`)).toEqual(['error CF_WITNESS_DIRECTOR 11:16']);
  });

  it('know their words, and a misspelt header', () => {
    expect(findings(`${KEY + THREE}director d {\n  publik = 192.0.2.7\n  public = 192.0.2.7\n}\n`)).toEqual([
      'error CF_UNKNOWN_DIRECTIVE 12:3',
    ]);
    expect(findings('public = 192.0.2.1\n')).toContain('error CF_WRONG_LEVEL 1:1');
  });
});
