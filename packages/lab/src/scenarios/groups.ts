import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import type { Director } from '../guest/director.js';
import { crash, revive } from '../guest/faults.js';
import type { ScenarioGroup } from '../guest/group.js';
import { LiveConnections } from '../guest/live-connections.js';
import {
  DIRECTORS,
  ECHO_CHECK,
  PATIENT,
  SHARED_NANNY,
  SYNCHRONISED,
  serverBlocks,
  virtualBlock,
} from '../guest/lvs-cf.js';
import { type Networks, type ServerName, setSysctls } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { holdSilently, PORTS, routeThrough } from '../guest/real-server.js';
import { until } from '../guest/requests.js';

const KEY_DIRECTORY = '/run/lab';
const KEY_FILE = `${KEY_DIRECTORY}/groups.keys`;
/** Of the main group, which the primary prefers, and of the other one, which the backup does. */
const MAIN = '10.0.0.100';
const POST = '10.0.0.101';
/** Gateways of servers behind the directors, one a group; each moves with its group. */
const MAIN_ROUTER = '192.168.7.253';
const POST_ROUTER = '192.168.7.254';
/** Of the service that is forwarded by NAT, in each group. */
const NAT_PORT = 8000;
/** The server behind the other group's router, and its interface there. */
const INNER = 'three';
const INNER_DEVICE = 'eth1';
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

/** The same by NAT, to one server behind the directors. */
const natService = (name: string, vip: string, label: number, server: ServerName): string =>
  virtualBlock(
    name,
    {
      address: `${vip} eth0:${label}`,
      scheduler: 'rr',
      port: NAT_PORT,
      forward: 'nat',
      ...PATIENT,
      ...ECHO_CHECK,
    },
    serverBlocks('inner', [server], { port: PORTS.echo }),
  );

const CONFIGURATION = `${DIRECTORS}${SYNCHRONISED}${SHARED_NANNY}
heartbeat_key = ${KEY_FILE}
failback_hold = 5
network = direct
nat_router = ${MAIN_ROUTER} eth2:1
nat_nmask = 255.255.255.0
${service('main', MAIN, 1)}
${natService('main-inner', MAIN, 1, 'one')}
${service('post', POST, 2)}
${natService('post-inner', POST, 2, INNER)}
vip_group post {
  virtual = post
  virtual = post-inner
  nat_router = ${POST_ROUTER} eth2:2
  preferred = backup
}
`;

const holdersOf = (pair: Pair, addresses: readonly string[] = [MAIN, POST]): string =>
  addresses
    .map((vip) =>
      pair
        .holders(vip)
        .map(({ name }) => name)
        .join('+'),
    )
    .join(' ');

async function held(pair: Pair, wanted: string): Promise<void> {
  await until(`the groups at ${wanted}`, () => holdersOf(pair) === wanted, READY_LIMIT_MS);
  await until(`their routers at ${wanted}`, () => holdersOf(pair, [MAIN_ROUTER, POST_ROUTER]) === wanted);
}

/** Connections to each group, and to the server behind the router of the one that moves. */
const connectionsTo = (pair: Pair): readonly LiveConnections[] => [
  new LiveConnections(pair.client, MAIN),
  new LiveConnections(pair.client, POST),
  new LiveConnections(pair.client, POST, NAT_PORT),
];

/** Whose router the server behind it believes in; only an announcement makes it change its mind. */
async function announced(pair: Pair, director: Director): Promise<void> {
  const shown = director.host.exec('ip', '-o', 'link', 'show', 'dev', 'eth2');
  const inner = /link\/ether (\S+)/.exec(shown)?.[1] ?? 'no eth2';
  const server = pair.networks.host(INNER);
  await until(`${INNER} to hear of the router`, () =>
    server.exec('ip', 'neigh', 'show', POST_ROUTER).includes(inner),
  );
}

/** The server behind the other group's router, which keeps what it knows of that for hours. */
function putBehindRouter(networks: Networks): void {
  const server = networks.host(INNER);
  // Else it would answer clients past the directors.
  server.ip('link set eth0 down');
  routeThrough(server, POST_ROUTER);
  setSysctls(server, { [`net.ipv4.neigh.${INNER_DEVICE}.base_reachable_time_ms`]: '36000000' });
  for (const name of ['alpha', 'beta'] as const) {
    setSysctls(networks.host(name), { 'net.ipv4.ip_forward': '1' });
  }
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
        for (const name of ['one', 'two'] as const) holdSilently(networks.host(name), [MAIN, POST]);
        putBehindRouter(networks);
      },
    }),
  scenarios: {
    'each director holds its group, tells of its connections and learns the other one’s': async (pair) => {
      await held(pair, 'alpha beta');
      for (const director of pair.directors) {
        await until('both sides to run', async () => (await kernelOf(director)) === BOTH_SIDES);
      }
    },

    'one group is handed over with its NAT router and comes back, and no connection of either is lost':
      async (pair) => {
        await held(pair, 'alpha beta');
        const connections = connectionsTo(pair);
        for (const one of connections) await one.open(LIVE, LIVE_SPAN_MS);
        await announced(pair, pair.beta);
        const moved = JSON.parse(await pair.beta.lvsctl('handover', '--group', 'post')) as { ok?: boolean };
        assert.equal(moved.ok, true);
        await held(pair, 'alpha alpha');
        await announced(pair, pair.alpha);
        await until('the other one to stand by', async () =>
          (await kernelOf(pair.beta)).startsWith('listens'),
        );
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
        await announced(pair, pair.beta);
        for (const one of connections) {
          assert.deepEqual(await one.survivors(), { alive: LIVE, problems: [] });
          one.close();
        }
      },

    'a crash moves one group with its connections, and leaves those of the other one alone; it comes home':
      async (pair) => {
        await held(pair, 'alpha beta');
        const connections = connectionsTo(pair);
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
