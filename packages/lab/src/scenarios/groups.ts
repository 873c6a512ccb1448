import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import type { Director } from '../guest/director.js';
import { crash, revive } from '../guest/faults.js';
import type { ScenarioGroup } from '../guest/group.js';
import { LiveConnections } from '../guest/live-connections.js';
import { DIRECTORS, ECHO_CHECK, PATIENT, SYNCHRONISED, serverBlocks, virtualBlock } from '../guest/lvs-cf.js';
import { Pair } from '../guest/pair.js';
import { holdSilently, PORTS } from '../guest/real-server.js';
import { until } from '../guest/requests.js';

const KEY_DIRECTORY = '/run/lab';
const KEY_FILE = `${KEY_DIRECTORY}/groups.keys`;
/** Of the main group, which the primary prefers, and of the other one, which the backup does. */
const MAIN = '10.0.0.100';
const POST = '10.0.0.101';
const LIVE = 8;
const LIVE_SPAN_MS = 8_000;
const READY_LIMIT_MS = 240_000;
const BACKUP_ONLY = '/proc/sys/net/ipv4/vs/backup_only';

const service = (name: string, vip: string, label: number): string =>
  virtualBlock(
    name,
    { address: `${vip} eth0:${label}`, scheduler: 'rr', port: PORTS.echo, ...PATIENT, ...ECHO_CHECK },
    serverBlocks('public', ['one', 'two']),
  );

const CONFIGURATION = `${DIRECTORS}${SYNCHRONISED}
heartbeat_key = ${KEY_FILE}
failback_hold = 5
network = direct
${service('main', MAIN, 1)}
${service('post', POST, 2)}
vip_group post {
  virtual = post
  preferred = backup
}
`;

const holdersOf = (pair: Pair): string =>
  [MAIN, POST]
    .map((vip) =>
      pair
        .holders(vip)
        .map(({ name }) => name)
        .join('+'),
    )
    .join(' ');

async function held(pair: Pair, wanted: string): Promise<void> {
  await until(`the groups at ${wanted}`, () => holdersOf(pair) === wanted, READY_LIMIT_MS);
}

/** Which sides of the connection synchronisation run, and whether the kernel schedules. */
async function kernelOf(director: Director): Promise<string> {
  const { sync } = await director.pulse();
  const sides = [sync?.master ? 'tells' : '', sync?.backup ? 'listens' : ''].filter((side) => side !== '');
  return `${sides.join(' and ')}, backup_only ${director.host.exec('cat', BACKUP_ONLY).trim()}`;
}

const BOTH_SIDES = 'tells and listens, backup_only 0';

export const groups: ScenarioGroup<Pair> = {
  name: 'groups',
  title: 'two groups of addresses, one at each director',
  open: () =>
    Pair.open({
      configuration: CONFIGURATION,
      settledStates: 'active active',
      prepare: (networks) => {
        mkdirSync(KEY_DIRECTORY, { recursive: true });
        writeFileSync(KEY_FILE, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
        for (const name of ['one', 'two', 'three'] as const) holdSilently(networks.host(name), [MAIN, POST]);
      },
    }),
  scenarios: {
    'each director holds its group, tells of its connections and learns the other one’s': async (pair) => {
      await held(pair, 'alpha beta');
      for (const director of pair.directors) {
        await until('both sides to run', async () => (await kernelOf(director)) === BOTH_SIDES);
      }
    },

    'one group is handed over and comes back, and no connection of either is lost': async (pair) => {
      await held(pair, 'alpha beta');
      const connections = [MAIN, POST].map((vip) => new LiveConnections(pair.client, vip));
      for (const one of connections) await one.open(LIVE, LIVE_SPAN_MS);
      const moved = JSON.parse(await pair.beta.lvsctl('handover', '--group', 'post')) as { ok?: boolean };
      assert.equal(moved.ok, true);
      await held(pair, 'alpha alpha');
      await until('the other one to stand by', async () => (await kernelOf(pair.beta)).startsWith('listens'));
      for (const one of connections) assert.deepEqual(await one.survivors(), { alive: LIVE, problems: [] });
      await until(
        'the other one to have learned the connections',
        async () => (await pair.alpha.pulse()).heartbeat?.partner?.readiness.listenedPercent === 100,
        READY_LIMIT_MS,
      );
      const back = JSON.parse(await pair.alpha.lvsctl('handover', '--group', 'post')) as {
        ok?: boolean;
      };
      assert.equal(back.ok, true);
      await held(pair, 'alpha beta');
      for (const one of connections) {
        assert.deepEqual(await one.survivors(), { alive: LIVE, problems: [] });
        one.close();
      }
    },

    'a crash moves one group with its connections, and leaves those of the other one alone; it comes home':
      async (pair) => {
        await held(pair, 'alpha beta');
        const connections = [MAIN, POST].map((vip) => new LiveConnections(pair.client, vip));
        for (const one of connections) await one.openAmongOthers(LIVE, LIVE_SPAN_MS);
        try {
          await crash(pair, pair.beta);
          await until('the other one to hold both', () => pair.alpha.holds(POST));
          for (const one of connections) {
            assert.deepEqual(await one.survivors(), { alive: LIVE, problems: [] });
            one.close();
          }
        } finally {
          await revive(pair, pair.beta);
        }
        await held(pair, 'alpha beta');
        assert.equal(await kernelOf(pair.alpha), BOTH_SIDES);
      },
  },
};
