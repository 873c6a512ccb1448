import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '@piranha/config';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  keepProtocol,
  type LoadedSettings,
  requireSpokenDirectors,
  settingsOf,
} from '../../src/shell/load-settings.js';

const SERVICE =
  'virtual web {\nactive = 1\naddress = 192.0.2.100 eth0:1\nserver a {\naddress = 10.0.0.11\n}\n}\n';

let directory: string;
let keyFile: string;

async function load(...lines: readonly string[]): Promise<LoadedSettings> {
  const file = join(directory, 'lvs.cf');
  const pair = ['primary = 192.0.2.1', 'backup = 192.0.2.2', 'backup_active = 1', ...lines];
  writeFileSync(file, `${pair.join('\n')}\n${SERVICE}`);
  return settingsOf(await loadConfiguration(file), file, 'primary');
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keep-protocol-'));
  keyFile = join(directory, 'beat.keys');
  writeFileSync(keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a pulse that is started again', () => {
  it('speaks as lvs.cf says where the one before did so too, or spoke to nobody', async () => {
    const words = await load();
    const keyed = await load(`heartbeat_key = ${keyFile}`);
    expect(keyed.beat?.names.node).toBe('primary');
    for (const [loaded, spoken] of [
      [words, ''],
      [words, undefined],
      [keyed, keyFile],
      [keyed, `${keyFile}.old`],
      [keyed, undefined],
    ] as const) {
      expect(keepProtocol(loaded, spoken)).toBe(loaded);
    }
    const alone = await load('backup_active = 0');
    expect(keepProtocol(alone, keyFile)).toBe(alone);
  });

  it('goes on with words under a key that came', async () => {
    const keyed = await load(`heartbeat_key = ${keyFile}`);
    expect(keepProtocol(keyed, '').beat).toBeUndefined();
  });

  it('goes on without the groups that came with the key: words cannot tell of them', async () => {
    const key = `heartbeat_key = ${keyFile}`;
    const keyed = await load(key, 'vip_group post {', 'virtual = web', '}');
    expect(keyed.configuration.vipGroups).toHaveLength(1);
    expect(keepProtocol(keyed, keyFile).configuration.vipGroups).toHaveLength(1);
    expect(keepProtocol(keyed, '').configuration).not.toHaveProperty('vipGroups');
  });

  it('goes on with the key that went, and without it does not start at all', async () => {
    const words = await load();
    expect(keepProtocol(words, keyFile).beat).toMatchObject({ keyFile, names: { node: 'primary' } });
    rmSync(keyFile);
    expect(() => keepProtocol(words, keyFile)).toThrow(expect.objectContaining({ code: 'BEAT_KEYS_READ' }));
  });
});

describe('a pulse that is started again among several directors', () => {
  const refusal = expect.objectContaining({ code: 'PULSE_DIRECTORS_CHANGE' });
  const list = (own: string, ...names: readonly string[]) => [own, ...names].join(' ');

  async function group(...names: readonly string[]): Promise<LoadedSettings> {
    const blocks = names.map((name) => `director ${name} {\npublic = 192.0.2.${name.length}\n}`);
    const file = join(directory, 'lvs.cf');
    writeFileSync(file, `heartbeat_key = ${keyFile}\n${blocks.join('\n')}\n${SERVICE}`);
    return settingsOf(await loadConfiguration(file), file, undefined, 'beta');
  }

  it('begins where it is the same director among the same ones, or spoke to nobody', async () => {
    const loaded = await group('alpha', 'beta', 'gam');
    requireSpokenDirectors(loaded, keyFile, list('beta', 'alpha', 'beta', 'gam'));
    requireSpokenDirectors(loaded, undefined, undefined);
    requireSpokenDirectors(await load(), '', undefined);
    requireSpokenDirectors(await load('backup_active = 0'), keyFile, list('beta', 'alpha', 'beta', 'gam'));
  });

  it('does not where another list came, for it would hear nobody and take the addresses', async () => {
    const loaded = await group('alpha', 'beta', 'gam');
    const before = [
      list('beta', 'alpha', 'beta', 'delta'),
      list('beta', 'beta', 'alpha', 'gam'),
      list('alpha', 'alpha', 'beta', 'gam'),
      undefined,
    ];
    for (const one of before) expect(() => requireSpokenDirectors(loaded, keyFile, one)).toThrow(refusal);
    const pair = await load(`heartbeat_key = ${keyFile}`);
    expect(() => requireSpokenDirectors(pair, keyFile, before[0])).toThrow(refusal);
  });
});
