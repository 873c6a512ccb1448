import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { signalProcess } from '@piranha/common';
import { type MaintenanceAnswer, runDirectory } from '@piranha/protocol';
import { ask, PersistentAsker } from '../guest/datagrams.js';
import { type Director, LvsctlRun } from '../guest/director.js';
import { LiveConnections } from '../guest/live-connections.js';
import type { Pair } from '../guest/pair.js';
import { PORTS } from '../guest/real-server.js';
import { get, tally, until } from '../guest/requests.js';

/** Services of a pair with real servers `one` and `two`, in which servers are drained. */
interface Drained {
  /** Address of an echo and a web service, scheduled in turn. */
  readonly turns: string;
  /** Address of a web service with persistence. */
  readonly persistent: string;
  /** Address of the UDP service `names`, under a short udp_timeout. */
  readonly names: string;
}

const EXPIRE_QUIESCENT = 'net.ipv4.vs.expire_quiescent_template';
const NAMES = ['one', 'two'] as const;
const ADDRESSES = { one: '10.0.0.11', two: '10.0.0.12' } as const;

/** Weight of a server in a web or echo service of a director's kernel; undefined where it has no entry. */
function weightOf(director: Director, vip: string, port: number, address: string): number | undefined {
  const start = `-a -t ${vip}:${port} -r ${address}:${port} `;
  const line = director.table().find((one) => one.startsWith(start));
  return line === undefined ? undefined : Number(/-w (\d+)/.exec(line)?.[1]);
}

async function order(director: Director, ...words: readonly string[]): Promise<MaintenanceAnswer> {
  return JSON.parse(await director.lvsctl(...words)) as MaintenanceAnswer;
}

/** The phase of the first order that a director knows about a server. */
async function phaseOn(director: Director, name: string): Promise<string | undefined> {
  const servers = (await director.lvsd()).services.flatMap((service) => service.servers);
  return servers.find((server) => server.name === name && server.maintenance !== undefined)?.maintenance
    ?.phase;
}

type Scenario = (pair: Pair) => Promise<void>;

/** Scenarios of `lvsctl drain` for a group that has these services and a heartbeat key. */
export function drainScenarios({ turns, persistent, names }: Drained): Readonly<Record<string, Scenario>> {
  return {
    'drain: weight 0, the connection lives, new ones go elsewhere; over a new lvsd, known on the partner, gone at its end':
      (pair) => drainsToTheEnd(pair, turns),
    'undrain in the middle of a drain: the server serves again, its connection never noticed': (pair) =>
      undrainsInTheMiddle(pair, turns),
    'drain of the server of a persistent client: waited for while templates bring it back, else it gets another one':
      (pair) => drainsPersistent(pair, persistent),
    'drain of a UDP server: its clients count until they were silent for udp_timeout, new ones go elsewhere':
      (pair) => drainsUdp(pair, names),
  };
}

async function drainsToTheEnd(pair: Pair, vip: string): Promise<void> {
  const { active, standby } = await pair.settled();
  const weight = (director: Director): number | undefined =>
    weightOf(director, vip, PORTS.echo, ADDRESSES.one);
  const connections = new LiveConnections(pair.client, vip);
  await connections.open(NAMES.length, 0);
  const drain = new LvsctlRun(active, 'drain', 'echo/one', '--reason', 'new disk');
  await until('weight 0', () => weight(active) === 0);
  await until('the progress', () => /draining, 1 active/.test(drain.text));
  const fresh = new LiveConnections(pair.client, vip);
  await fresh.open(2 * NAMES.length, 0);
  // The partner counts its own connections.
  await until('the order on the partner', async () => (await phaseOn(standby, 'one')) !== undefined);

  const { lvsdPid } = runDirectory(active.directory);
  const pid = Number(readFileSync(lvsdPid, 'utf8'));
  signalProcess(pid, 'SIGKILL');
  await until('another lvsd', () => Number(readFileSync(lvsdPid, 'utf8')) !== pid);
  await until('its drain', async () => (await phaseOn(active, 'one')) === 'draining');
  assert.equal(weight(active), 0);
  assert.deepEqual(await connections.survivors(), { alive: NAMES.length, problems: [] });

  fresh.close();
  // What is closed in order is counted for two minutes more.
  connections.reset();
  assert.equal(await drain.ended, 0);
  assert.match(drain.text, /drained, no connection is left\n$/);
  assert.doesNotMatch(drain.text, /[2-9] active/);
  await until('the end of its entry', () => weight(active) === undefined);
  assert.equal((await order(active, 'enable', 'echo/one')).ok, true);
  for (const director of pair.directors)
    await until(`its weight on ${director.name}`, () => weight(director) === 1);
}

async function undrainsInTheMiddle(pair: Pair, vip: string): Promise<void> {
  const { active } = await pair.settled();
  const connections = new LiveConnections(pair.client, vip);
  await connections.open(NAMES.length, 0);
  const weight = (): number | undefined => weightOf(active, vip, PORTS.echo, ADDRESSES.two);
  assert.equal((await order(active, 'drain', 'echo/two', '--no-wait')).ok, true);
  assert.equal(weight(), 0);
  assert.equal((await order(active, 'undrain', 'echo/two')).ok, true);
  assert.equal(weight(), 1);
  assert.deepEqual(await connections.survivors(), { alive: NAMES.length, problems: [] });
  connections.reset();
  await pair.ready();
}

async function drainsPersistent(pair: Pair, vip: string): Promise<void> {
  const { active } = await pair.settled();
  const set = (value: 0 | 1): string =>
    active.host.exec('sysctl', '-q', '-w', `${EXPIRE_QUIESCENT}=${value}`);
  const own = await get(pair.client, vip);
  const address = ADDRESSES[own as keyof typeof ADDRESSES];
  set(0);
  try {
    const drain = new LvsctlRun(active, 'drain', `persistent/${own}`);
    await until('weight 0', () => weightOf(active, vip, PORTS.web, address) === 0);
    assert.equal((await tally(pair.client, vip, 2)).get(own), 2);
    await until('the progress', () => /[1-9]\d* persistent clients may come back\n$/.test(drain.text));
    assert.doesNotMatch(drain.text, /drained/);
    set(1);
    const other = await get(pair.client, vip);
    assert.notEqual(other, own);
    assert.equal((await tally(pair.client, vip, 2)).get(other), 2);
    await until('nobody to come back', () =>
      /draining, 0 active, \d+ closing or without state\n$/.test(drain.text),
    );
    await drain.interrupt();
  } finally {
    set(1);
  }
  assert.equal((await order(active, 'enable', `persistent/${own}`)).ok, true);
  await pair.ready();
}

async function drainsUdp(pair: Pair, vip: string): Promise<void> {
  const { active } = await pair.settled();
  const weight = (): number | undefined => {
    const start = `-a -u ${vip}:${PORTS.udp} -r ${ADDRESSES.one}:${PORTS.udp} `;
    const line = active.table().find((one) => one.startsWith(start));
    return line === undefined ? undefined : Number(/-w (\d+)/.exec(line)?.[1]);
  };
  // Each new client goes to the next one.
  const askers = NAMES.map(() => new PersistentAsker(pair.client, vip, PORTS.udp, 1_000));
  try {
    await until('a client of one', () => askers.some(({ answer }) => answer === 'one'));
    const drain = new LvsctlRun(active, 'drain', 'names/one');
    await until('weight 0', () => weight() === 0);
    await until('the progress', () =>
      /draining, 0 active, [1-9]\d* closing or without state\n/.test(drain.text),
    );
    for (let number = 0; number < 3; number += 1) {
      assert.equal(await ask(pair.client, vip, PORTS.udp), 'two');
    }
    assert.ok(askers.some(({ answer }) => answer === 'one'));
    assert.doesNotMatch(drain.text, /drained/);
    for (const asker of askers) asker.stop();
    assert.equal(await drain.ended, 0);
    assert.match(drain.text, /drained, no connection is left\n$/);
  } finally {
    for (const asker of askers) asker.stop();
  }
  await until('the end of its entry', () => weight() === undefined);
  assert.equal((await order(active, 'enable', 'names/one')).ok, true);
  await until('its weight', () => weight() === 1);
}
