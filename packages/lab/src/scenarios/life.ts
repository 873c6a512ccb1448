import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import { stepClock } from '../guest/clock.js';
import type { ScenarioGroup } from '../guest/group.js';
import { DIRECTORS, serverBlocks, virtualBlock } from '../guest/lvs-cf.js';
import { addressOf, type Networks } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { holdSilently } from '../guest/real-server.js';
import { get, until } from '../guest/requests.js';

const VIP = '10.0.0.100';
/** The second wire of each director to the public network. */
const SECOND = 'eth9';
const SERVERS = ['one'] as const;
const ACTIVE_MARK = '/run/lab/active-command';
const INACTIVE_MARK = '/run/lab/inactive-command';
/** Longer than the deadtime of the lab's pairs. */
const DECEIVED_MS = 8_000;

const CONFIGURATION = `${DIRECTORS}
network = direct
monitor_links = 1
active_cmd = "/usr/bin/touch ${ACTIVE_MARK}"
inactive_cmd = "/usr/bin/touch ${INACTIVE_MARK}"
${virtualBlock(
  'web',
  { address: `${VIP} bond0:1`, port: 80, scheduler: 'rr' },
  serverBlocks('public', SERVERS),
)}
`;

/** Puts a director's public address on two wires, of which the first is used while it is up. */
function bond(networks: Networks, name: 'alpha' | 'beta'): void {
  networks.addWire(name, 'public', SECOND);
  networks.host(name).ip(
    // Only a wire that is down can be bound.
    'link set eth0 down',
    'addr flush dev eth0',
    'link add bond0 type bond mode active-backup miimon 100',
    'link set eth0 master bond0',
    `link set ${SECOND} master bond0`,
    'link set bond0 type bond primary eth0',
    'link set bond0 up',
    `addr add ${addressOf(name, 'public')}/24 dev bond0`,
  );
}

/** The web service's real server, as the table shows it with this weight. */
const entry = (weight: number): string => `-a -t ${VIP}:80 -r 10.0.0.11:80 -g -w ${weight}`;

export const life: ScenarioGroup<Pair> = {
  name: 'life',
  title: 'the life of a pair, whose public interfaces are bonds of two wires',
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
    'active_cmd and inactive_cmd ran': async (pair) => {
      await pair.settled();
      assert.ok(existsSync(ACTIVE_MARK));
      assert.ok(existsSync(INACTIVE_MARK));
    },

    'a table entry that a hand changed or removed is put right and told': async (pair) => {
      const { active } = await pair.settled();
      active.host.exec('ipvsadm', '-e', '-t', `${VIP}:80`, '-r', '10.0.0.11:80', '-g', '-w', '7');
      await until('the weight', () => active.table().includes(entry(1)));
      active.host.exec('ipvsadm', '-C');
      await until('the entry', () => active.table().includes(entry(1)));
      assert.match(active.lastLines(), /LVSD_TABLE_DRIFT/);
      await pair.settled();
    },

    'an address that a hand removed is put back': async (pair) => {
      const { active } = await pair.settled();
      active.host.exec('ip', 'addr', 'del', `${VIP}/32`, 'dev', 'bond0');
      await until('the address', () => active.holds(VIP));
    },

    'a step of the wall clock, either way, changes nothing': async (pair) => {
      const { active } = await pair.settled();
      for (const text of ['+1 hour', '-2 hours', '+1 hour']) {
        stepClock(text);
        await pause(DECEIVED_MS / 2);
        assert.deepEqual(pair.holders(VIP), [active]);
      }
      assert.equal((await pair.settled()).active, active);
    },

    'words that arrive late change nothing': async (pair) => {
      const { active } = await pair.settled();
      for (const network of ['public', 'private'] as const)
        pair.networks.delay(active.name, network, 'from', 800);
      for (const endMs = monotonicNowMs() + DECEIVED_MS; monotonicNowMs() < endMs; await pause(250)) {
        assert.deepEqual(pair.holders(VIP), [active]);
      }
      for (const network of ['public', 'private'] as const)
        pair.networks.repair(active.name, network, 'from');
      assert.equal((await pair.settled()).active, active);
    },

    'one wire of the bonded public interface fails: no failover': async (pair) => {
      const { active } = await pair.settled();
      pair.networks.cut(active.name, 'public');
      await pause(DECEIVED_MS);
      assert.deepEqual(pair.holders(VIP), [active]);
      assert.equal(await get(pair.client, VIP), 'one');
      pair.networks.heal(active.name, 'public');
      await pair.settled();
    },

    'both wires fail, the public link is down: it hands over by the private path': async (pair) => {
      const { active, standby } = await pair.settled();
      rmSync(ACTIVE_MARK, { force: true });
      pair.networks.cut(active.name, 'public');
      pair.networks.cutWire(active.name, SECOND);
      await until('the partner to hold the address alone', () => standby.holds(VIP) && !active.holds(VIP));
      assert.match(active.lastLines(), /Primary NIC: link down/);
      assert.equal(await get(pair.client, VIP), 'one');
      await until('active_cmd on the partner', () => existsSync(ACTIVE_MARK));
      pair.networks.healWire(active.name, SECOND);
      pair.networks.heal(active.name, 'public');
      assert.equal((await pair.settled()).active, standby);
    },

    'a director that starts with what a killed one left cleans up and stands by': async (pair) => {
      const { active, standby } = await pair.settled();
      await active.kill();
      assert.ok(active.holds(VIP));
      await until('the partner to take over', () => standby.holds(VIP));
      active.start();
      await until('the leftovers to go', () => !active.holds(VIP));
      assert.equal((await pair.settled()).active, standby);
      assert.match(active.lastLines(), /PULSE_LEFTOVERS/);
    },

    'both start with what a crash of both in a split left: one holds the address': async (pair) => {
      // Not the interface itself, which monitor_links would see.
      for (const network of ['public', 'private'] as const) {
        for (const way of ['to', 'from'] as const) pair.networks.lose('alpha', network, way);
      }
      await until('two holders', () => pair.holders(VIP).length === 2);
      for (const director of pair.directors) await director.kill();
      for (const network of ['public', 'private'] as const) {
        for (const way of ['to', 'from'] as const) pair.networks.repair('alpha', network, way);
      }
      assert.equal(pair.holders(VIP).length, 2);
      for (const director of pair.directors) director.start();
      await pair.ready();
      assert.equal(pair.holders(VIP).length, 1);
      assert.equal(await get(pair.client, VIP), 'one');
    },

    'a handover there and back leaves one holder each time': async (pair) => {
      for (let round = 0; round < 2; round += 1) {
        const { active, standby } = await pair.settled();
        assert.equal((await active.handover()).ok, true);
        await until('the other one', () => standby.holds(VIP) && !active.holds(VIP));
        assert.equal(await get(pair.client, VIP), 'one');
      }
      await pair.settled();
    },
  },
};
