import { parseLvsCf } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import type { TimedFault } from '../../src/core/faults.js';
import { runScript } from '../../src/core/pair.js';
import { pairOf, pairOfConfiguration, promisesOf, type SimulatedPair } from '../../src/index.js';
import { firstFailure, firstFailureText, SETTINGS } from '../support.js';
import { GROUP_BUGS, withBug } from './planted-bugs.js';

const TWO = [
  { name: 'main', preferred: 'primary', vips: ['10.0.0.8', '10.0.0.9'] },
  { name: 'post', preferred: 'backup', vips: ['10.0.0.10', '10.0.0.11'] },
] as const;
const THREE = [...TWO, { name: 'shop', preferred: 'backup', vips: ['10.0.0.12'] }] as const;

/** Beats cost more than words: these bugs show early. */
const GROUP_BUG_SEEDS = 300;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };

function grouped(groups: SimulatedPair['groups'], machines?: SimulatedPair['machines']): SimulatedPair {
  return { ...pairOf(SETTINGS, machines), groups, hasKey: true };
}

describe('a pair that holds groups of addresses', LIMIT, () => {
  it('keeps every promise of each of two groups, in fixed seeds', () => {
    expect(firstFailureText(grouped(TWO), 1, 80)).toBeUndefined();
  });

  it('keeps every promise of each of three, in seeds that nobody has tried', () => {
    const from = Math.floor(Math.random() * 2 ** 31);
    expect(firstFailureText(grouped(THREE), from, 40)).toBeUndefined();
  });

  it('keeps them where operators order directors out and somebody replays heartbeats', () => {
    const pair = { ...grouped(TWO), hasMaintenance: true, isAttacked: true };
    expect(firstFailureText(pair, 1, 40)).toBeUndefined();
  });

  it('leaves nothing of a group that was being put down when pulse died, while others are adopted', () => {
    const nodes = { primary: 1, backup: 1 };
    for (let afterMs = 1; afterMs <= 30; afterMs += 2) {
      const faults: readonly TimedFault[] = [
        { atMs: 6_000, fault: { kind: 'handover', node: 'backup', group: 'post' } },
        { atMs: 6_000 + afterMs, fault: { kind: 'killPulse', node: 'backup' } },
      ];
      const startMs = { primary: 250, backup: 250 };
      const script = { seed: afterMs, clockRates: nodes, startMs, headStartMs: 0, faults };
      expect(runScript(grouped(THREE), script).violation).toBeUndefined();
    }
  });

  for (const [title, bug] of Object.entries(GROUP_BUGS)) {
    it(`shows a planted bug: ${title}`, () => {
      expect(firstFailure(grouped(TWO, withBug(bug)), 1, GROUP_BUG_SEEDS)).toBeDefined();
    });
  }

  it('is that of an lvs.cf with vip_group blocks', () => {
    const { configuration } = parseLvsCf(LVS_CF);
    const pair = configuration && pairOfConfiguration(configuration);
    expect(pair?.groups?.map(({ name, vips }) => `${name} ${vips}`)).toEqual([
      'main 192.0.2.100',
      'post 192.0.2.101',
    ]);
    if (pair === undefined) return;
    expect(promisesOf(pair)).toContain('promised: what moves one group leaves the others alone');
    expect(firstFailureText(pair, 1, 5)).toBeUndefined();
  });
});

const service = (name: string, address: string) =>
  `virtual ${name} {\nactive = 1\naddress = ${address} eth0:1\nserver a {\naddress = 10.0.0.1\nactive = 1\n}\n}\n`;

const LVS_CF = `primary = 192.0.2.1
backup = 192.0.2.2
backup_active = 1
keepalive = 0.1
deadtime = 0.4
heartbeat_key = /etc/beat.keys
${service('web', '192.0.2.100')}${service('mail', '192.0.2.101')}vip_group post {
virtual = mail
preferred = backup
}
`;
