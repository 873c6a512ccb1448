import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { signalProcess } from '@piranha/common';
import { type MaintenanceAnswer, runDirectory } from '@piranha/protocol';
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
}

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
export function drainScenarios({ turns, persistent }: Drained): Readonly<Record<string, Scenario>> {
  return {
    'drain: weight 0, the connection lives, new ones go elsewhere; over a new lvsd, known on the partner, gone at its end':
      (pair) => drainsToTheEnd(pair, turns),
    'undrain in the middle of a drain: the server serves again, its connection never noticed': (pair) =>
      undrainsInTheMiddle(pair, turns),
    'drain of the server of a persistent client: it gets another one, and its template is not waited for': (
      pair,
    ) => drainsPersistent(pair, persistent),
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
  const own = await get(pair.client, vip);
  assert.equal((await tally(pair.client, vip, 2)).get(own), 2);
  const drain = new LvsctlRun(active, 'drain', `persistent/${own}`);
  const address = ADDRESSES[own as keyof typeof ADDRESSES];
  await until('weight 0', () => weightOf(active, vip, PORTS.web, address) === 0);
  const other = await get(pair.client, vip);
  assert.notEqual(other, own);
  assert.equal((await tally(pair.client, vip, 2)).get(other), 2);
  await until('the progress', () => /draining, 0 active/.test(drain.text));
  await drain.interrupt();
  assert.doesNotMatch(drain.text, /may come back/);
  assert.equal((await order(active, 'enable', `persistent/${own}`)).ok, true);
  await pair.ready();
}
