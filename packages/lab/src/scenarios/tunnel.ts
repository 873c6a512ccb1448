import assert from 'node:assert/strict';
import type { ScenarioGroup } from '../guest/group.js';
import type { Namespace } from '../guest/namespace.js';
import { setSysctls } from '../guest/networks.js';
import { DIRECTORS, Pair, serverBlocks } from '../guest/pair.js';
import { holdSilently } from '../guest/real-server.js';
import { tally } from '../guest/requests.js';

const VIPS = ['10.0.0.100', '10.0.0.101', '10.0.0.102'] as const;
const SCHEDULERS = ['rr', 'wrr', 'sh'] as const;
const SERVERS = ['one', 'two'] as const;

const CONFIGURATION = `${DIRECTORS}
network = tunnel
${VIPS.map(
  (vip, index) => `virtual web-${SCHEDULERS[index]} {
  active = 1
  address = ${vip} eth0:${index + 1}
  port = 80
  scheduler = ${SCHEDULERS[index]}
  timeout = 3
  reentry = 3
${serverBlocks('public', SERVERS)}
}`,
).join('\n')}
`;

/** Takes the directors' tunnelled packets out of their wrapping. */
function openTunnel(host: Namespace): void {
  host.ip('link set tunl0 up');
  setSysctls(host, { 'net.ipv4.conf.tunl0.rp_filter': '0', 'net.ipv4.conf.all.rp_filter': '0' });
}

export const tunnel: ScenarioGroup<Pair> = {
  name: 'tunnel',
  title: 'tunnelling',
  open: () =>
    Pair.open({
      configuration: CONFIGURATION,
      prepare: (networks) => {
        for (const name of SERVERS) {
          holdSilently(networks.host(name), VIPS);
          openTunnel(networks.host(name));
        }
      },
    }),
  scenarios: {
    'rr and wrr serve HTTP from both real servers, sh keeps a client on one': async ({ client }) => {
      assert.equal((await tally(client, VIPS[0], 6)).size, 2);
      assert.equal((await tally(client, VIPS[1], 6)).size, 2);
      assert.equal((await tally(client, VIPS[2], 6)).size, 1);
    },
  },
};
