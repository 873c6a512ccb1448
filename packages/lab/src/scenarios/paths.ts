import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Director } from '../guest/director.js';
import { addressOf, addressSixOf, type HostName } from '../guest/networks.js';
import type { Pair } from '../guest/pair.js';
import { until } from '../guest/requests.js';

const PARTNERS = { alpha: 'beta', beta: 'alpha' } as const satisfies Partial<Record<HostName, HostName>>;
const GROUP = '239.77.5.39';
const GROUP_SIX = 'ff02::4d05';
/** Longer than the deadtime of the pair. */
const DECEIVED_MS = 8_000;

function block(name: string, address: (host: 'alpha' | 'beta') => string, group?: string): string {
  const multicast = group === undefined ? '' : `  multicast = ${group}\n`;
  return `heartbeat_path ${name} {
  address = ${address('alpha')} primary
  address = ${address('beta')} backup
${multicast}}
`;
}

/** Paths beside the public and the private one, each of another kind. */
export const MORE_PATHS = [
  block('six', (host) => addressSixOf(host, 'private')),
  block('group', (host) => addressOf(host, 'private'), GROUP),
  block('group-six', (host) => addressSixOf(host, 'public'), GROUP_SIX),
].join('');

type Command = 'iptables-legacy' | 'ip6tables-legacy';

/** Lets a director lose heartbeats that its partner sends to this address of its own, or takes that back. */
function loseAt(director: Director, change: '-A' | '-D', to: string): void {
  const command: Command = to.includes(':') ? 'ip6tables-legacy' : 'iptables-legacy';
  director.host.exec(command, change, 'INPUT', '-d', to, '-p', 'udp', '--dport', '539', '-j', 'DROP');
}

function targets({ name }: Director, kind: 'addresses' | 'all'): readonly string[] {
  const host = name as keyof typeof PARTNERS;
  const own = [addressOf(host, 'public'), addressOf(host, 'private'), addressSixOf(host, 'private')];
  return kind === 'addresses' ? own.slice(0, 2) : [...own, GROUP];
}

/** Names of the paths on which the partner was heard within the last 3 s. */
async function heardOn(director: Director): Promise<readonly string[]> {
  const { paths } = await director.pulse();
  return paths.filter(({ silentMs }) => silentMs !== undefined && silentMs < 3_000).map(({ name }) => name);
}

type Scenario = (pair: Pair) => Promise<void>;

/** Scenarios of a pair with these paths, whose deadtime is 6 s. */
export function pathScenarios(vip: string): Readonly<Record<string, Scenario>> {
  const losing = async (pair: Pair, kind: 'addresses' | 'all', left: readonly string[]): Promise<void> => {
    const { active } = await pair.settled();
    const rules = pair.directors.flatMap((director) =>
      targets(director, kind).map((to) => ({ director, to })),
    );
    try {
      for (const { director, to } of rules) loseAt(director, '-A', to);
      await pause(DECEIVED_MS);
      for (const director of pair.directors) assert.deepEqual(await heardOn(director), left);
      assert.deepEqual(pair.holders(vip), [active]);
    } finally {
      for (const { director, to } of rules) loseAt(director, '-D', to);
    }
    const all = ['public', 'private', 'six', 'group', 'group-six'];
    await until('every path to be heard again', async () =>
      (await Promise.all(pair.directors.map(heardOn))).every((heard) => heard.length === all.length),
    );
    assert.equal((await pair.settled()).active, active);
  };
  return {
    'heartbeats to addresses are lost: those by IPv6 and to groups carry on, no failover': (pair) =>
      losing(pair, 'addresses', ['six', 'group', 'group-six']),
    'only heartbeats to an IPv6 group are left: no failover': (pair) => losing(pair, 'all', ['group-six']),
  };
}
