import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import type { Director } from '../guest/director.js';
import { crash, revive } from '../guest/faults.js';
import type { ScenarioGroup } from '../guest/group.js';
import { LiveConnections } from '../guest/live-connections.js';
import {
  ECHO_CHECK,
  PATIENT,
  SHARED_NANNY,
  SYNCHRONISED,
  serverBlocks,
  threeDirectors,
  virtualBlock,
} from '../guest/lvs-cf.js';
import { Pair } from '../guest/pair.js';
import { holdSilently, PORTS } from '../guest/real-server.js';
import { until } from '../guest/requests.js';

const KEY_DIRECTORY = '/run/lab';
const KEY_FILE = `${KEY_DIRECTORY}/directors.keys`;
const VIP = '10.0.0.100';
const LIVE = 8;
const LIVE_SPAN_MS = 8_000;
const READY_LIMIT_MS = 240_000;

const CONFIGURATION = `${threeDirectors(KEY_FILE)}${SYNCHRONISED}${SHARED_NANNY}
failback = none
network = direct
${virtualBlock(
  'echo',
  { address: `${VIP} eth0:1`, scheduler: 'rr', port: PORTS.echo, ...PATIENT, ...ECHO_CHECK },
  serverBlocks('public', ['one', 'two']),
)}`;

/** @param dead whose kernel still has the address, behind cut cables */
const holderOf = (pair: Pair, dead?: Director): string =>
  pair
    .holders(VIP)
    .filter((director) => director !== dead)
    .map(({ name }) => name)
    .join('+');

/** Every standby says that it could take over now, and knows the connections in use. */
function standbysReady(pair: Pair): Promise<unknown> {
  return until(
    'both standbys to be ready',
    async () => {
      const { active } = await pair.settled();
      for (const director of pair.directors) {
        if (director === active) continue;
        const { readiness } = await director.pulse();
        if (readiness?.ready !== true) throw new Error(`${director.name}: ${readiness?.reasons.join('; ')}`);
      }
      return true;
    },
    READY_LIMIT_MS,
  );
}

/** What happens to the director that serves costs no connection, and the next one serves alone. */
async function movesTo(pair: Pair, next: string, move: (from: Director) => Promise<void>): Promise<void> {
  const { active } = await pair.settled();
  const connections = new LiveConnections(pair.client, VIP);
  await connections.openAmongOthers(LIVE, LIVE_SPAN_MS);
  await move(active);
  const isDead = active.pids().length === 0;
  const holder = () => holderOf(pair, isDead ? active : undefined);
  await until(`the address at ${next}`, () => holder() === next, READY_LIMIT_MS);
  assert.deepEqual(await connections.survivors(), { alive: LIVE, problems: [] });
  connections.close();
}

async function handOver(from: Director, to: string): Promise<void> {
  const answer = JSON.parse(await from.lvsctl('handover', '--to', to)) as { ok?: boolean; text?: string };
  assert.equal(answer.ok, true, answer.text);
}

export const directors: ScenarioGroup<Pair> = {
  name: 'directors',
  title: 'three directors, of which one serves',
  open: () =>
    Pair.open({
      configuration: CONFIGURATION,
      third: 'gamma',
      settledStates: 'active standby standby',
      prepare: (networks) => {
        mkdirSync(KEY_DIRECTORY, { recursive: true });
        writeFileSync(KEY_FILE, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
        for (const name of ['one', 'two'] as const) holdSilently(networks.host(name), [VIP]);
      },
      servers: ['one', 'two'],
    }),
  scenarios: {
    'the first serves, and both others learn its connections': async (pair) => {
      await until('the address', () => holderOf(pair) === 'alpha', READY_LIMIT_MS);
      await standbysReady(pair);
      for (const director of pair.directors) {
        const { sync } = await director.pulse();
        assert.deepEqual(
          [sync?.master, sync?.backup],
          director === pair.alpha ? [true, false] : [false, true],
        );
      }
    },

    'it dies: the second takes the address with every connection, and not the third': async (pair) => {
      await standbysReady(pair);
      await movesTo(pair, 'beta', (from) => crash(pair, from));
      await revive(pair, pair.alpha);
      await standbysReady(pair);
      assert.equal(holderOf(pair), 'beta');
    },

    'a handover to the third, by its name, loses none': async (pair) => {
      await standbysReady(pair);
      await movesTo(pair, 'gamma', (from) => handOver(from, 'gamma'));
    },

    'it dies too: the connections that it was given live on at the first': async (pair) => {
      await standbysReady(pair);
      const { active: third } = await pair.settled();
      await movesTo(pair, 'alpha', (from) => crash(pair, from));
      await revive(pair, third);
      await standbysReady(pair);
    },
  },
};
