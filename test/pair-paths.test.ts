import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Pair } from './support/pair.js';
import type { PairLayout } from './support/pair-configuration.js';
import { signal } from './support/processes.js';

const directory = mkdtempSync(join(tmpdir(), 'piranha-paths-'));
const keyFile = join(directory, 'beat.keys');
writeFileSync(keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });

let pair: Pair | undefined;
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(async () => {
  await pair?.stop();
  pair = undefined;
});

/** An address of the pair's network by its last byte. */
const at = ({ primary }: PairLayout, last: number) => primary.replace(/\d+$/, String(last));

function groupPath(layout: PairLayout): string {
  const group = layout.primary.replace(/^127/, '239');
  return `heartbeat_path group {
  address = ${at(layout, 42)} primary
  address = ${at(layout, 43)} backup
  multicast = ${group}
}
`;
}

/** Nobody is where either director sends its words: the public and the private path are dead. */
function loseAddresses({ layout, configFile, backupFile }: Pair): void {
  const rewrite = (file: string, ...pairs: readonly (readonly [string, number])[]) => {
    let text = readFileSync(file, 'utf8');
    for (const [name, last] of pairs) {
      text = text.replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${at(layout, last)}`);
    }
    writeFileSync(file, text);
  };
  rewrite(configFile, ['backup', 62], ['backup_private', 63]);
  rewrite(backupFile, ['primary', 64], ['primary_private', 65]);
}

describe.each([
  ['words', []],
  ['a key', [`heartbeat_key = ${keyFile}`, 'heartbeat_encrypt = 1']],
])('a pair that speaks by %s', (_, lines) => {
  it('lives by a group where no other path carries, its guardian too', async () => {
    pair = new Pair({ separateFiles: true, lines: () => lines, blocks: groupPath });
    loseAddresses(pair);
    await pair.start();
    const { active, standby } = await pair.settled();
    const heardOn = async () =>
      (await standby.pulse()).paths.filter(({ silentMs }) => silentMs !== undefined).map(({ name }) => name);
    expect(await heardOn()).toEqual(['group']);
    const { pid } = await active.pulse();
    expect(signal(pid, 'SIGSTOP')).toBe(true);
    await pair.waitFor('another worker', async () => (await active.pulse()).pid !== pid);
    await pair.settled();
    expect(await pair.holders()).toEqual([active.role]);
    expect(await standby.events()).not.toContain('PULSE_PARTNER_LOST');
    expect(signal((await active.pulse()).pid, 'SIGTERM')).toBe(true);
    await pair.waitFor('the standby to serve', async () => (await standby.pulse()).active);
  });
});
