import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { binaryPath } from '@piranha/common';
import { ask } from '../guest/datagrams.js';
import { crash, revive } from '../guest/faults.js';
import { FtpServer, ftpGet } from '../guest/ftp.js';
import type { ScenarioGroup } from '../guest/group.js';
import { LiveConnections } from '../guest/live-connections.js';
import {
  DIRECTORS,
  ECHO_CHECK,
  SHARED_NANNY,
  serverBlock,
  serverBlocks,
  virtualBlock,
} from '../guest/lvs-cf.js';
import { addressOf, addressSixOf } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { holdSilently, PORTS } from '../guest/real-server.js';
import { get, tally, until } from '../guest/requests.js';
import { drainScenarios } from './drain.js';
import { MORE_PATHS, pathScenarios } from './paths.js';
import { openWitness, WITNESSED, witnessedScenarios } from './witnessed.js';

const run = promisify(execFile);

const VIPS = ['10.0.0.100', '10.0.0.101', '10.0.0.102', '10.0.0.103', '10.0.0.104'] as const;
const [ROUND_ROBIN, WEIGHTED, LEAST, GLUED, FILES] = VIPS;
const SIX = 'fd00:a::100';
const FTP_PORT = 21;

/** Long enough for a look at what is counted on a slow machine. */
const UDP_TIMEOUT_SECONDS = 8;

const BOTH = serverBlocks('public', ['one', 'two']);

const CONFIGURATION = [
  DIRECTORS,
  SHARED_NANNY,
  WITNESSED,
  MORE_PATHS,
  'network = direct\n',
  `udp_timeout = ${UDP_TIMEOUT_SECONDS}\n`,
  virtualBlock(
    'round-robin',
    { address: `${ROUND_ROBIN} eth0:1`, port: 80, scheduler: 'rr', sorry_server: '10.0.0.13' },
    BOTH,
  ),
  virtualBlock(
    'weighted',
    // A server that returns counts whole at once.
    { address: `${WEIGHTED} eth0:2`, port: 80, scheduler: 'wrr', slow_start: 0 },
    serverBlocks('public', ['one']) + serverBlocks('public', ['two'], { weight: 3 }),
  ),
  virtualBlock(
    'persistent',
    { address: `${LEAST} eth0:3`, port: 80, scheduler: 'wlc', persistent: 60 },
    BOTH,
  ),
  virtualBlock(
    'glued',
    { address: `${GLUED} eth0:4`, port: 80, fwmark: 7, scheduler: 'rr', persistent: 60 },
    BOTH,
  ),
  virtualBlock(
    'files',
    { address: `${FILES} eth0:5`, port: FTP_PORT, fwmark: 21, scheduler: 'rr', persistent: 60 },
    BOTH,
  ),
  virtualBlock(
    'web-six',
    { address: `${SIX} eth0`, port: 80, scheduler: 'rr' },
    serverBlock('one', { address: addressSixOf('one', 'public') }),
  ),
  virtualBlock(
    'names',
    {
      address: `${ROUND_ROBIN} eth0:1`,
      port: PORTS.udp,
      protocol: 'udp',
      scheduler: 'rr',
      send: '"?"',
      expect: '"one|two|three"',
      use_regex: 1,
    },
    BOTH,
  ),
  virtualBlock(
    'echo',
    { address: `${ROUND_ROBIN} eth0:1`, port: PORTS.echo, scheduler: 'rr', quiesce_server: 1, ...ECHO_CHECK },
    BOTH,
  ),
].join('');

/**
 * Ports of an address that are one service: the web's two; FTP's two, to the second of which clients of active FTP
 * answer, with all that passive FTP may choose.
 */
const MARKS = [
  { address: GLUED, ports: '80,443', mark: 7 },
  { address: FILES, ports: `20,${FTP_PORT},1024:65535`, mark: 21 },
] as const;

/** Sets the marks on both directors, as an operator's firewall would. */
function setMarks(pair: Pair): void {
  for (const { host } of pair.directors) {
    for (const { address, ports, mark } of MARKS) {
      const rule = `-d ${address} -p tcp -m multiport --dports ${ports} -j MARK --set-mark ${mark}`;
      host.exec('iptables-legacy', '-t', 'mangle', '-A', 'PREROUTING', ...rule.split(' '));
    }
  }
}

async function open(): Promise<Pair> {
  const pair = await Pair.open({
    configuration: CONFIGURATION,
    prepare: async (networks) => {
      networks.addIpv6();
      await openWitness(networks);
      for (const name of ['one', 'two', 'three'] as const) holdSilently(networks.host(name), VIPS);
      networks.host('one').ip(`addr add ${SIX}/128 dev lo`);
      for (const name of ['one', 'two'] as const) await new FtpServer(name, networks.host(name)).start();
    },
  });
  setMarks(pair);
  return pair;
}

/** True when the active director's table has, or has not, a web server of the round-robin service. */
async function inTable(pair: Pair, address: string, present = true): Promise<boolean> {
  const { active } = await pair.settled();
  const line = `-a -t ${ROUND_ROBIN}:80 -r ${address}:80`;
  return active.table().some((one) => one.startsWith(line)) === present;
}

export const directRouting: ScenarioGroup<Pair> = {
  name: 'direct-routing',
  title: 'direct routing',
  open,
  scenarios: {
    'the table is what lvsctl plan says, once all checks passed': async (pair) => {
      const args = [binaryPath('lvsctl'), 'plan', pair.configurationFile];
      // Not at once: this process plays the real servers, and must go on answering meanwhile.
      const { stdout } = await run(process.execPath, args);
      await pair.ready();
      const { active } = await pair.settled();
      // ipvsadm sorts addresses as signed numbers; the order means nothing.
      const lines = (text: readonly string[]): readonly string[] => text.filter((line) => line !== '').sort();
      assert.deepEqual(lines(active.table()), lines(stdout.split('\n')));
    },

    'rr serves HTTP from every real server in turn': async ({ client }) => {
      const answers = await tally(client, ROUND_ROBIN, 8);
      assert.deepEqual(Object.fromEntries(answers), { one: 4, two: 4 });
    },

    'wrr serves by weight': async ({ client }) => {
      const answers = await tally(client, WEIGHTED, 8);
      assert.deepEqual(Object.fromEntries(answers), { one: 2, two: 6 });
    },

    'wlc with persistence keeps a client on its real server': async ({ client }) => {
      assert.equal((await tally(client, LEAST, 6)).size, 1);
    },

    'a mark glues ports 80 and 443 to one real server': async ({ client }) => {
      const name = await get(client, GLUED, PORTS.web);
      assert.equal(await get(client, GLUED, PORTS.secureWeb), name);
    },

    'a mark glues the connections of passive and of active FTP': async ({ client }) => {
      const passive = await ftpGet(client, FILES);
      assert.equal(passive.dataAddress, FILES);
      const active = await ftpGet(client, FILES, addressOf('client', 'public'));
      assert.equal(active.dataAddress, FILES);
      assert.equal(active.text, passive.text);
    },

    'UDP is answered by every real server': async ({ client }) => {
      const names = new Set<string>();
      for (let number = 0; number < 4; number += 1) names.add(await ask(client, ROUND_ROBIN, PORTS.udp));
      assert.deepEqual([...names].sort(), ['one', 'two']);
    },

    'a real server that refuses leaves the table and comes back': async (pair) => {
      await pair.servers.one.stop();
      await until('one out of the table', () => inTable(pair, '10.0.0.11', false));
      assert.deepEqual([...(await tally(pair.client, ROUND_ROBIN, 4)).keys()], ['two']);
      await pair.servers.one.start();
      await until('one in the table', () => inTable(pair, '10.0.0.11'));
      assert.equal((await tally(pair.client, ROUND_ROBIN, 4)).size, 2);
    },

    'a real server that hangs leaves the table and comes back': async (pair) => {
      pair.servers.two.hangs = true;
      await until('two out of the table', () => inTable(pair, '10.0.0.12', false));
      pair.servers.two.hangs = false;
      await until('two in the table', () => inTable(pair, '10.0.0.12'));
    },

    'a real server that vanishes from the network leaves the table and comes back': async (pair) => {
      pair.networks.cut('two', 'public');
      await until('two out of the table', () => inTable(pair, '10.0.0.12', false));
      pair.networks.heal('two', 'public');
      await until('two in the table', () => inTable(pair, '10.0.0.12'));
    },

    'the sorry server stands in while no real server is up': async (pair) => {
      await pair.servers.one.stop();
      await pair.servers.two.stop();
      await until('the sorry server', () => inTable(pair, '10.0.0.13'));
      assert.equal(await get(pair.client, ROUND_ROBIN), 'three');
      await pair.servers.one.start();
      await pair.servers.two.start();
      await until('the sorry server to go', () => inTable(pair, '10.0.0.13', false));
      await until('both again', async () => (await inTable(pair, '10.0.0.11')) && inTable(pair, '10.0.0.12'));
    },

    'a quiesced server keeps its open connection and gets no new one': async (pair) => {
      const connection = new LiveConnections(pair.client, ROUND_ROBIN);
      await connection.open(2, 0);
      pair.servers.one.refuseEcho();
      const quiesced = `-a -t ${ROUND_ROBIN}:${PORTS.echo} -r 10.0.0.11:${PORTS.echo} -g -w 0`;
      const { active } = await pair.settled();
      await until('weight 0', () => active.table().includes(quiesced));
      assert.deepEqual(await connection.survivors(), { alive: 2, problems: [] });
      connection.reset();
      await pair.servers.one.acceptEcho();
      await until('weight 1', () => !active.table().includes(quiesced));
    },

    'a foreign entry is left alone and named': async (pair) => {
      const { active } = await pair.settled();
      active.host.exec('ipvsadm', '-A', '-t', '10.9.9.9:99', '-s', 'rr');
      try {
        assert.equal((await pair.alpha.reload()).ok, true);
        await until('its name', async () =>
          (await active.lvsd()).foreignEntries.some((text) => text.includes('10.9.9.9')),
        );
        assert.ok(active.table().some((line) => line.includes('10.9.9.9')));
      } finally {
        active.host.exec('ipvsadm', '-D', '-t', '10.9.9.9:99');
      }
    },

    ...drainScenarios({ turns: ROUND_ROBIN, persistent: LEAST, names: ROUND_ROBIN }),

    'a reload adds, changes and removes while a connection lives': async (pair) => {
      const { active } = await pair.settled();
      const connection = new LiveConnections(pair.client, ROUND_ROBIN);
      await connection.open(2, 0);
      const changed = CONFIGURATION.replace('scheduler = wrr', 'scheduler = wlc')
        .replace(/virtual persistent [\s\S]*?(?=virtual glued)/, '')
        .replace('sorry_server = 10.0.0.13', '');
      pair.configure(changed);
      for (const director of pair.directors) assert.equal((await director.reload()).ok, true);
      assert.ok(active.table().some((line) => line === `-A -t ${WEIGHTED}:80 -s wlc`));
      assert.ok(!active.table().some((line) => line.includes(LEAST)));
      await until('the address to leave', () => !active.holds(LEAST));
      pair.configure(CONFIGURATION);
      for (const director of pair.directors) assert.equal((await director.reload()).ok, true);
      await until('the address to return', () => active.holds(LEAST));
      await until('the service', async () => (await get(pair.client, LEAST)) !== '');
      assert.deepEqual(await connection.survivors(), { alive: 2, problems: [] });
      connection.close();
    },

    'a crash takes UDP, IPv6, FTP and marked services along': async (pair) => {
      const { active, standby } = await pair.settled();
      try {
        await crash(pair, active);
        await until('the partner to hold every address', () =>
          [...VIPS, SIX].every((address) => standby.holds(address)),
        );
        const { client } = pair;
        assert.match(await until('a datagram', () => ask(client, ROUND_ROBIN, PORTS.udp)), /^(one|two)$/);
        assert.equal(await until('IPv6', () => get(client, SIX)), 'one');
        assert.match((await ftpGet(client, FILES)).text, /^(one|two)$/);
        assert.equal(await get(client, GLUED, PORTS.secureWeb), await get(client, GLUED));
      } finally {
        await revive(pair, active);
      }
      await pair.settled();
    },

    ...pathScenarios(ROUND_ROBIN),
    ...witnessedScenarios(ROUND_ROBIN),

    'a broken file on reload changes nothing': async (pair) => {
      const { active } = await pair.settled();
      const before = active.table();
      pair.configure(CONFIGURATION.replace('scheduler = rr', 'scheduler = nonsense'));
      const answer = await active.reload();
      assert.equal(answer.ok, false);
      assert.match(answer.diagnostics.join('\n'), /lvs\.cf:\d+:\d+: error/);
      assert.deepEqual(active.table(), before);
      pair.configure(CONFIGURATION);
    },
  },
};
