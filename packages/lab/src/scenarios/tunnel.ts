import assert from 'node:assert/strict';
import { binaryPath } from '@piranha/common';
import { assertFound, examine, findsNothing } from '../guest/examine.js';
import type { ScenarioGroup } from '../guest/group.js';
import { DIRECTORS, SHARED_NANNY, serverBlocks, virtualBlock } from '../guest/lvs-cf.js';
import type { Namespace } from '../guest/namespace.js';
import { addressOf, type Networks, setSysctls } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { holdSilently, routeThrough } from '../guest/real-server.js';
import { tally } from '../guest/requests.js';

const VIPS = ['10.0.0.100', '10.0.0.101', '10.0.0.102'] as const;
const MIXED = '10.0.0.103';
/** Served by a machine of another site. */
const FAR = '10.0.0.104';
const SCHEDULERS = ['rr', 'wrr', 'sh'] as const;
const SERVERS = ['one', 'two'] as const;

const CONFIGURATION = `${DIRECTORS}${SHARED_NANNY}
network = tunnel
${VIPS.map((vip, index) =>
  virtualBlock(
    `web-${SCHEDULERS[index]}`,
    { address: `${vip} eth0:${index + 1}`, port: 80, scheduler: SCHEDULERS[index] ?? '' },
    serverBlocks('public', SERVERS),
  ),
).join('')}
${virtualBlock(
  'web-mixed',
  { address: `${MIXED} eth0:4`, port: 80, scheduler: 'rr' },
  serverBlocks('public', ['one']) + serverBlocks('public', ['two'], { forward: 'direct' }),
)}
${virtualBlock('web-far', { address: `${FAR} eth0:5`, port: 80, scheduler: 'rr' }, serverBlocks('inner', ['three']))}`;

/** A client's full packet, with what the tunnel adds, and without room for it. */
const ROOM_BYTES = 1_520;
const NO_ROOM_BYTES = 1_500;

/** Takes the directors' tunnelled packets out of their wrapping. */
function openTunnel(host: Namespace): void {
  host.ip('link set tunl0 up');
  setSysctls(host, { 'net.ipv4.conf.tunl0.rp_filter': '0', 'net.ipv4.conf.all.rp_filter': '0' });
}

/** The same, and what goes with it, by the suite's own tool. */
function startRealServer(host: Namespace, vips: readonly string[]): void {
  const words = ['--run-dir', `/run/lab/${host.name}`, '--method', 'tunnel', ...vips];
  host.exec(process.execPath, binaryPath('lvs-realserver'), 'start', ...words);
}

/** Puts the third real server at another site: it is reached through the first one, and only there. */
function moveAway(networks: Networks): void {
  const [router, far] = [networks.host('one'), networks.host('three')];
  for (const name of ['one', 'three'] as const) networks.setMtu(name, 'inner', ROOM_BYTES);
  setSysctls(router, { 'net.ipv4.ip_forward': '1' });
  far.ip('link set eth0 down');
  holdSilently(far, [FAR]);
  openTunnel(far);
  routeThrough(far, addressOf('one', 'inner'));
  for (const name of ['alpha', 'beta'] as const) {
    networks.host(name).ip(`route add ${addressOf('three', 'inner')}/32 via ${addressOf('one', 'public')}`);
  }
}

export const tunnel: ScenarioGroup<Pair> = {
  name: 'tunnel',
  title: 'tunnelling',
  open: () =>
    Pair.open({
      configuration: CONFIGURATION,
      prepare: (networks) => {
        holdSilently(networks.host('one'), [...VIPS, MIXED]);
        openTunnel(networks.host('one'));
        startRealServer(networks.host('two'), [...VIPS, MIXED]);
        for (const name of ['alpha', 'beta', ...SERVERS] as const)
          networks.setMtu(name, 'public', ROOM_BYTES);
        moveAway(networks);
      },
    }),
  scenarios: {
    'rr and wrr serve HTTP from both real servers, sh keeps a client on one': async ({ client }) => {
      assert.equal((await tally(client, VIPS[0], 6)).size, 2);
      assert.equal((await tally(client, VIPS[1], 6)).size, 2);
      assert.equal((await tally(client, VIPS[2], 6)).size, 1);
    },

    'one service reaches a real server by a tunnel and another one directly': async (pair) => {
      const { active } = await pair.settled();
      const methods = active.table().filter((line) => line.startsWith(`-a -t ${MIXED}:80`));
      assert.deepEqual(
        methods.map((line) => / -[gi] /.exec(line)?.[0].trim()),
        ['-i', '-g'],
      );
      assert.deepEqual(Object.fromEntries(await tally(pair.client, MIXED, 6)), { one: 3, two: 3 });
    },

    'a real server of another site, behind a router, answers clients without the director': async (pair) => {
      assert.deepEqual(Object.fromEntries(await tally(pair.client, FAR, 3)), { three: 3 });
    },

    'nothing is found on either director of a healthy pair under tunnelling': (pair) =>
      findsNothing(pair.directors, pair.configurationFile),

    'a real server whose tunnel is off, and one behind a hop without room for full packets': async (pair) => {
      const { active } = await pair.settled();
      const one = pair.networks.host('one');
      one.ip('link set tunl0 down');
      pair.networks.setMtu('two', 'public', NO_ROOM_BYTES, 'bridge');
      const found = await examine(active, pair.configurationFile).finally(() => {
        pair.networks.setMtu('two', 'public', ROOM_BYTES, 'bridge');
        one.ip('link set tunl0 up');
      });
      return assertFound(found, {
        DOCTOR_TUNNEL_PATH: /^one takes connections on 10\.0\.0\.11 port 80, and did not answer one for/,
        DOCTOR_TUNNEL_MTU: /^two answers small packets .* not one of 1500 bytes/,
      });
    },
  },
};
