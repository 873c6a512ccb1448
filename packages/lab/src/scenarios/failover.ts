import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs, signalProcess } from '@piranha/common';
import { runDirectory } from '@piranha/protocol';
import type { Director } from '../guest/director.js';
import { crash, freeze, revive, thaw } from '../guest/faults.js';
import type { ScenarioGroup } from '../guest/group.js';
import { LiveConnections } from '../guest/live-connections.js';
import { DIRECTORS, ECHO_CHECK, PATIENT, SYNCHRONISED, serverBlocks, virtualBlock } from '../guest/lvs-cf.js';
import { addressOf } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { holdSilently, PORTS } from '../guest/real-server.js';
import { get, tally, until } from '../guest/requests.js';
import { servicePulse } from '../guest/service.js';

const VIP = '10.0.0.100';
const HEARTBEATS = ['public', 'private'] as const;
/** The web service's second server in the table. */
const WEB_TWO = `${VIP}:80 -r ${addressOf('two', 'public')}:`;
const LIVE = 12;
/** Connections over the end of a process: the kernel forwards them, so few of them show it. */
const HELD = 4;
/** Connections that are made while a director is down. */
const NEW = 3;
const LIVE_SPAN_MS = 10_000;
/** Longer than the deadtime of the lab's pairs: who was deceived would have taken over by then. */
const DECEIVED_MS = 8_000;
/** The driver plays the real servers too: it must have the time to answer their checks. */
const LOOK_EVERY_MS = 500;
/** More than the keepalive of the lab's pairs. */
const LONGER_ASLEEP_MS = 2_000;

const SERVERS = serverBlocks('public', ['one', 'two']);
const SERVICE = { address: `${VIP} eth0:1`, scheduler: 'rr', ...PATIENT } as const;

const CONFIGURATION = `${DIRECTORS}${SYNCHRONISED}
network = direct
${virtualBlock('web', { ...SERVICE, port: 80 }, SERVERS)}
${virtualBlock('echo', { ...SERVICE, port: PORTS.echo, ...ECHO_CHECK }, SERVERS)}
`;

/** Does something to the active director and demands that the other one serves with every connection alive. */
async function survives(pair: Pair, what: (active: Director) => unknown): Promise<void> {
  const { active, standby } = await pair.settled();
  const connections = new LiveConnections(pair.client, VIP);
  await connections.openAmongOthers(LIVE, LIVE_SPAN_MS);
  await what(active);
  await until('the partner to hold the address', () => standby.holds(VIP));
  await until('the partner to answer', async () => (await get(pair.client, VIP)) !== '');
  assert.deepEqual(await connections.survivors(), { alive: LIVE, problems: [] });
  connections.close();
}

type PidOf = (director: Director) => Promise<number>;

/**
 * Does something to processes of the active director while clients ask and hold connections; nobody may take over, no
 * server may come back, and all processes must be others then.
 */
async function staysActive(
  pair: Pair,
  names: readonly Process[],
  what: (active: Director) => unknown,
): Promise<void> {
  const { active, standby } = await pair.settled();
  const [pids, table] = [await pidsOf(active, names), await active.tableNow()];
  const partnerSaw = await movesOf(standby);
  const connections = new LiveConnections(pair.client, VIP);
  await connections.open(HELD, 0);
  let isOver = false;
  const done = Promise.resolve(what(active)).finally(() => {
    isOver = true;
  });
  const endMs = monotonicNowMs() + DECEIVED_MS;
  for (; !isOver || monotonicNowMs() < endMs; await pause(LOOK_EVERY_MS)) {
    assert.notEqual(await get(pair.client, VIP), '');
    assert.deepEqual(
      pair.holders(VIP).map((holder) => holder.name),
      [active.name],
    );
    // A check that comes late on a slow machine may take a server out; none may come in.
    assert.deepEqual(
      (await active.tableNow()).filter((line) => !table.includes(line)),
      [],
    );
  }
  await done;
  await until(`another ${names.join(' and ')}`, async () => {
    const now = await pidsOf(active, names);
    return now.every((pid, index) => pid !== pids[index]);
  });
  assert.deepEqual(await connections.survivors(), { alive: HELD, problems: [] });
  connections.close();
  assert.equal((await pair.settled()).active, active);
  await until('the table as it was', async () => (await active.tableNow()).join() === table.join());
  assert.deepEqual(await movesOf(standby), partnerSaw);
}

/** What a director made of its partner since it started, and how often; its history has the newest lines alone. */
async function movesOf(director: Director): Promise<Readonly<Record<string, number>>> {
  const { eventCounts = {} } = await director.pulse();
  return Object.fromEntries(
    Object.entries(eventCounts).filter(([event]) => /PARTNER|ACTIVE|CLAIM/.test(event)),
  );
}

const pidsOf = (director: Director, names: readonly Process[]) =>
  Promise.all(names.map((name) => PIDS[name](director)));

const kills = (name: Process) => (pair: Pair) =>
  staysActive(pair, [name], async (active) => signalProcess(await PIDS[name](active), 'SIGKILL'));

const pidIn =
  (file: (paths: ReturnType<typeof runDirectory>) => string) =>
  async (director: Director): Promise<number> =>
    Number(readFileSync(file(runDirectory(director.directory)), 'utf8'));

const PIDS = {
  pulse: pidIn(({ pulsePid }) => pulsePid),
  guardian: pidIn(({ guardianPid }) => guardianPid),
  lvsd: pidIn(({ lvsdPid }) => lvsdPid),
  nanny: async (director) => (await director.lvsd()).services[0]?.servers[0]?.nannyPid ?? 0,
} as const satisfies Record<string, PidOf>;
type Process = keyof typeof PIDS;

export const failover: ScenarioGroup<Pair> = {
  name: 'failover',
  title: 'failover of a direct routing pair',
  open: () =>
    Pair.open({
      configuration: CONFIGURATION,
      prepare: (networks) => {
        for (const name of ['one', 'two', 'three'] as const) holdSilently(networks.host(name), [VIP]);
      },
    }),
  scenarios: {
    'both boot at once: one holds the address': async (pair) => {
      await pair.settled();
      assert.equal(pair.holders(VIP).length, 1);
      assert.equal((await tally(pair.client, VIP, 4)).size, 2);
    },

    'a planned handover keeps 12 connections aged 0.2 to 10 s': async (pair) => {
      await survives(pair, async (active) => assert.equal((await active.handover()).ok, true));
      await pair.settled();
      assert.equal(pair.holders(VIP).length, 1);
    },

    'a crash keeps 12 connections aged 0.2 to 10 s; status tells which ones the crashed one does not know when it is back':
      async (pair) => {
        const { active: crashed, standby: taker } = await pair.settled();
        const connections = new LiveConnections(pair.client, VIP);
        try {
          await survives(pair, (director) => crash(pair, director));
          await connections.open(NEW, 0);
        } finally {
          await revive(pair, crashed);
        }
        await pair.settled();
        assert.deepEqual(pair.holders(VIP), [taker]);
        await coverageGrowsWithUse(taker, crashed, connections);
        connections.close();
      },

    'a frozen director is replaced, and steps down when it wakes': async (pair) => {
      const { active, standby } = await pair.settled();
      try {
        await survives(pair, (director) => freeze(pair, director));
        // By its own clock, too, it must have slept for longer than the deadtime: that began with its last heartbeat.
        await pause(LONGER_ASLEEP_MS);
      } finally {
        thaw(pair, active);
      }
      await until('the woken one to let go', () => !active.holds(VIP));
      assert.equal((await pair.settled()).active, standby);
    },

    'SIGKILL of pulse: no failover': kills('pulse'),
    'SIGKILL of lvsd: no failover': kills('lvsd'),
    'SIGKILL of the guardian: no failover': kills('guardian'),
    'SIGKILL of a nanny: no failover': kills('nanny'),
    'service pulse restart: no failover, every process is another one, a disabled server stays out': async (
      pair,
    ) => {
      const { active } = await pair.settled();
      await active.lvsctl('disable', 'web/two');
      const serves = async () => (await active.tableNow()).some((line) => line.includes(WEB_TWO));
      await until('it to be out', async () => !(await serves()));
      await staysActive(pair, ['guardian', 'pulse', 'lvsd', 'nanny'], async () => {
        const text = await servicePulse(active, pair.configurationFile, 'restart');
        assert.match(text, /Restarting pulse: .*\[ {2}OK {2}\]/);
      });
      await active.lvsctl('enable', 'web/two');
      await until('it to be back', serves);
    },

    'the private link alone fails: no failover': async (pair) => {
      const { active } = await pair.settled();
      pair.networks.cut(active.name, 'private');
      try {
        await pause(DECEIVED_MS);
        assert.deepEqual(pair.holders(VIP), [active]);
      } finally {
        pair.networks.heal(active.name, 'private');
      }
      await pair.settled();
    },

    'the public link of the active director fails silently: its partner still hears it, no failover': async (
      pair,
    ) => {
      const { active } = await pair.settled();
      pair.networks.lose(active.name, 'public', 'from');
      try {
        await pause(DECEIVED_MS);
        assert.deepEqual(pair.holders(VIP), [active]);
      } finally {
        pair.networks.repair(active.name, 'public', 'from');
      }
      await pair.settled();
    },

    'words of the active director are lost on every path: it is asked to release, one holder stays': async (
      pair,
    ) => {
      const { active, standby } = await pair.settled();
      for (const network of HEARTBEATS) pair.networks.lose(active.name, network, 'from');
      try {
        // No answer comes to these questions either: without an entry nothing would reach the one that is asked to release.
        for (const network of HEARTBEATS) pair.networks.doubt(standby.name, active.name, network);
        await until('the partner to hold the address alone', () => standby.holds(VIP) && !active.holds(VIP));
        assert.match(standby.lastLines(), /PULSE_NEIGHBOUR_KEPT/);
      } finally {
        for (const network of HEARTBEATS) pair.networks.repair(active.name, network, 'from');
      }
      assert.equal((await pair.settled()).active, standby);
    },

    'both paths fail (split) and heal: exactly one holder again': async (pair) => {
      await pair.settled();
      for (const network of HEARTBEATS) pair.networks.cut('alpha', network);
      try {
        await until('two holders', () => pair.holders(VIP).length === 2);
      } finally {
        for (const network of HEARTBEATS) pair.networks.heal('alpha', network);
      }
      await until('one holder', () => pair.holders(VIP).length === 1);
      await pair.settled();
      // The one that was cut off had taken every server out.
      await until('an answer', async () => (await get(pair.client, VIP)) !== '');
    },
  },
};

/** Connections that a director does not know, for it was down when they were made, become known by a use. */
async function coverageGrowsWithUse(
  active: Director,
  standby: Director,
  connections: LiveConnections,
): Promise<void> {
  const unknown = async (): Promise<number> => {
    const { total = 0, known = 0 } = (await active.pulse()).sync?.coverage ?? {};
    return total - known;
  };
  const learned = (): number => connectionsLearned(standby, connections);
  assert.equal(learned(), 0);
  // Those of earlier scenarios, which nobody uses any more, stay unknown.
  const before = await until('status to count them', async () => {
    const count = await unknown();
    return count >= NEW && count;
  });
  const others = before - NEW;
  await until('a use to make them known', async () => {
    assert.equal((await connections.survivors()).alive, NEW);
    return (await unknown()) <= others;
  });
  // The kernel may keep its newest sync message for two seconds.
  await until('the partner to have learned them', () => learned() === NEW);
}

/** How many of the client's connections the kernel of a director knows. */
function connectionsLearned(director: Director, connections: LiveConnections): number {
  const table = director.host.exec('cat', '/proc/net/ip_vs_conn');
  const ports = connections.ports().map((port) => port.toString(16).toUpperCase().padStart(4, '0'));
  return ports.filter((port) => new RegExp(`^TCP [0-9A-F]{8} ${port} `, 'm').test(table)).length;
}
