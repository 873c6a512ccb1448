import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { ScenarioGroup } from '../guest/group.js';
import { DIRECTORS, serverBlocks, virtualBlock } from '../guest/lvs-cf.js';
import { addressOf, type Networks } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { holdSilently } from '../guest/real-server.js';
import { get, until } from '../guest/requests.js';

const VIP = '10.0.0.100';
const SERVERS = ['one'] as const;
/** The second wire of each director to the public network. */
const SECOND = 'eth9';
/** Longer than the deadtime of the lab's pairs. */
const DECEIVED_MS = 8_000;

const CONFIGURATION = `${DIRECTORS}
network = direct
monitor_links = 1
${virtualBlock(
  'web',
  { address: `${VIP} bond0:1`, port: 80, scheduler: 'rr' },
  serverBlocks('public', SERVERS),
)}
`;

/** Puts a director's public address on two wires. */
function bond(networks: Networks, name: 'alpha' | 'beta'): void {
  networks.addWire(name, 'public', SECOND);
  networks.host(name).ip(
    // Only a wire that is down can be bound.
    'link set eth0 down',
    'addr flush dev eth0',
    'link add bond0 type bond mode active-backup miimon 100',
    'link set eth0 master bond0',
    `link set ${SECOND} master bond0`,
    'link set bond0 up',
    `addr add ${addressOf(name, 'public')}/24 dev bond0`,
  );
}

/** Directors whose public interface is a bond of two wires. */
export const bonding: ScenarioGroup<Pair> = {
  name: 'bonding',
  title: 'directors with bonded interfaces',
  open: () =>
    Pair.open({
      configuration: CONFIGURATION,
      servers: SERVERS,
      prepare: (networks) => {
        for (const name of SERVERS) holdSilently(networks.host(name), [VIP]);
        for (const name of ['alpha', 'beta'] as const) bond(networks, name);
      },
    }),
  scenarios: {
    'one wire of the bond fails: no failover': async (pair) => {
      const { active } = await pair.settled();
      pair.networks.cut(active.name, 'public');
      await pause(DECEIVED_MS);
      assert.deepEqual(pair.holders(VIP), [active]);
      assert.equal(await get(pair.client, VIP), 'one');
      pair.networks.heal(active.name, 'public');
      await pair.settled();
    },

    'both wires of the bond fail: it hands over by the private path': async (pair) => {
      const { active, standby } = await pair.settled();
      pair.networks.cut(active.name, 'public');
      pair.networks.cutWire(active.name, SECOND);
      await until('the partner to hold the address alone', () => standby.holds(VIP) && !active.holds(VIP));
      assert.match(active.lastLines(), /Primary NIC: link down/);
      assert.equal(await get(pair.client, VIP), 'one');
      pair.networks.healWire(active.name, SECOND);
      pair.networks.heal(active.name, 'public');
      assert.equal((await pair.settled()).active, standby);
    },
  },
};
