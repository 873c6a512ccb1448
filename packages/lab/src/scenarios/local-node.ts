import assert from 'node:assert/strict';
import type { ScenarioGroup } from '../guest/group.js';
import { DIRECTORS, SYNCHRONISED, serverBlocks, virtualBlock } from '../guest/lvs-cf.js';
import { Pair } from '../guest/pair.js';
import { holdSilently, RealServer } from '../guest/real-server.js';
import { tally, until } from '../guest/requests.js';

const VIP = '10.0.0.100';
const NAMES = ['alpha', 'beta'] as const;

const CONFIGURATION = `${DIRECTORS}${SYNCHRONISED}
network = direct
${virtualBlock('web', { address: `${VIP} eth0:1`, port: 80, scheduler: 'rr' }, serverBlocks('public', NAMES))}
`;

/** The two directors serve the web themselves: each is the other's real server. */
export const localNode: ScenarioGroup<Pair> = {
  name: 'local-node',
  title: 'directors that are real servers too',
  open: () =>
    Pair.open({
      configuration: CONFIGURATION,
      servers: [],
      prepare: async (networks) => {
        for (const name of NAMES) {
          holdSilently(networks.host(name), [VIP]);
          await new RealServer(name, networks.host(name)).start();
        }
      },
    }),
  scenarios: {
    'both directors serve, whoever holds the address': async (pair) => {
      assert.deepEqual([...(await tally(pair.client, VIP, 6)).keys()].sort(), ['alpha', 'beta']);
      const { active, standby } = await pair.settled();
      assert.equal((await active.handover()).ok, true);
      await until('the partner to hold it', () => standby.addresses().includes(`eth0 ${VIP}/32`));
      await pair.settled();
      // A standby that scheduled packets again would send some of them in circles.
      assert.deepEqual([...(await tally(pair.client, VIP, 12)).keys()].sort(), ['alpha', 'beta']);
    },
  },
};
