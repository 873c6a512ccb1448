import { parseLvsCf } from '@piranha/config';
import { groupBeatNames, pairBeatNames } from '@piranha/protocol/beat';
import { describe, expect, it } from 'vitest';
import { heartbeatPaths } from '../../src/core/settings.js';
import { AnnouncedLine } from '../../src/shell/announced-line.js';
import { PartnerLine } from '../../src/shell/partner-line.js';

const HANDLERS = {
  onHeard: () => undefined,
  onAnswer: () => undefined,
  isListening: () => false,
  silenceMs: () => 1_000,
  content: () => {
    throw new Error('nothing is said');
  },
};
const LOG = { log: () => undefined, history: () => [], close: () => Promise.resolve() };

function configurationOf(text: string) {
  const { configuration } = parseLvsCf(
    `${text}\nvirtual web {\nactive = 1\naddress = 192.0.2.100 eth0:1\nserver a {\naddress = 10.0.0.1\nactive = 1\n}\n}\n`,
  );
  if (configuration === undefined) throw new Error('a bad lvs.cf');
  return configuration;
}

function pairLine(role: 'primary' | 'backup') {
  const configuration = configurationOf('primary = 192.0.2.1\nbackup = 192.0.2.2\nbackup_active = 1');
  const paths = heartbeatPaths(configuration, role);
  return { paths, configuration, names: pairBeatNames(role), beat: undefined, hash: '0'.repeat(16) };
}

function groupLine(own: string, ...names: readonly string[]) {
  const blocks = names.map((name) => `director ${name} {\npublic = 192.0.2.${name.length}\n}`);
  const configuration = configurationOf(`heartbeat_key = /k\n${blocks.join('\n')}`);
  const paths = heartbeatPaths(configuration, 'backup', { name: own, rank: names.indexOf(own) });
  return { paths, configuration, names: groupBeatNames(own, names), beat: undefined, hash: '0'.repeat(16) };
}

/** A line without sockets that speaks as `line` says. */
async function speaking(line: ReturnType<typeof pairLine>): Promise<PartnerLine> {
  const partner = new PartnerLine(LOG as never, HANDLERS, new AnnouncedLine(LOG, '/nowhere/agreed.keys'));
  await partner.open({ ...line, paths: [] });
  return partner;
}

describe('a reload while the partner is heard', () => {
  it('may make the primary of a pair its backup, as ever', async () => {
    const line = await speaking(pairLine('primary'));
    expect(() => line.requireSameProtocol(pairLine('backup'), true)).not.toThrow();
  });

  it('may not change who the directors are, nor their order, which says who is better', async () => {
    const line = await speaking(groupLine('beta', 'alpha', 'beta', 'gam'));
    const refusal = expect.objectContaining({ code: 'PULSE_DIRECTORS_CHANGE' });
    for (const next of [
      groupLine('beta', 'beta', 'alpha', 'gam'),
      groupLine('beta', 'alpha', 'beta', 'epsilon'),
      pairLine('backup'),
    ]) {
      expect(() => line.requireSameProtocol(next, true)).toThrow(refusal);
      expect(() => line.requireSameProtocol(next, false)).not.toThrow();
    }
    expect(() => line.requireSameProtocol(groupLine('beta', 'alpha', 'beta', 'gam'), true)).not.toThrow();
    const pair = await speaking(pairLine('backup'));
    expect(() => pair.requireSameProtocol(groupLine('beta', 'alpha', 'beta', 'gam'), true)).toThrow(refusal);
  });
});
