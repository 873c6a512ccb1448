import assert from 'node:assert/strict';
import { assertFound, examine, findsNothing } from '../guest/examine.js';
import { FtpServer, ftpGet } from '../guest/ftp.js';
import type { ScenarioGroup } from '../guest/group.js';
import { LiveConnections } from '../guest/live-connections.js';
import {
  DIRECTORS,
  ECHO_CHECK,
  PATIENT,
  SHARED_NANNY,
  SYNCHRONISED,
  serverBlock,
  serverBlocks,
  virtualBlock,
} from '../guest/lvs-cf.js';
import { addressOf, addressSixOf, setSysctls } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { PORTS, routeThrough } from '../guest/real-server.js';
import { get, tally, until } from '../guest/requests.js';
import { askSctp, SctpServer, sctpFrom } from '../guest/sctp.js';

const VIP = '10.0.0.100';
const ROUTER = '192.168.7.254';
const SIX = 'fd00:a::100';
const SERVERS = ['one', 'two'] as const;
/** Beside the TCP echo, for it is checked by a connection to that. */
const SCTP_PORT = PORTS.echo;

/** One web service a scheduler, on ports of their own, and an echo service for long connections. */
const WEB_PORTS = { rr: 80, wlc: 8080, mh: 8081 } as const;

function web(scheduler: keyof typeof WEB_PORTS): string {
  return virtualBlock(
    `web-${scheduler}`,
    { ...PATIENT, address: `${VIP} eth0:1`, port: WEB_PORTS[scheduler], scheduler },
    serverBlocks('inner', SERVERS, { port: PORTS.web }),
  );
}

const CONFIGURATION = `${DIRECTORS}${SYNCHRONISED}${SHARED_NANNY}
network = nat
nat_router = ${ROUTER} eth2:1
nat_nmask = 255.255.255.0
${web('rr')}
${web('wlc')}
${web('mh')}
${virtualBlock(
  'echo',
  { ...PATIENT, address: `${VIP} eth0:1`, port: PORTS.echo, scheduler: 'rr', ...ECHO_CHECK },
  serverBlocks('inner', SERVERS),
)}
${virtualBlock(
  'ftp',
  { ...PATIENT, address: `${VIP} eth0:1`, port: 21, scheduler: 'rr' },
  serverBlocks('inner', SERVERS),
)}
${virtualBlock(
  'signalling',
  { ...PATIENT, address: `${VIP} eth0:1`, port: SCTP_PORT, protocol: 'sctp', scheduler: 'rr', ...ECHO_CHECK },
  serverBlocks('inner', SERVERS),
)}
${virtualBlock(
  'web-six',
  { ...PATIENT, address: `${SIX} eth0`, port: 80, scheduler: 'rr' },
  SERVERS.map((name) => serverBlock(name, { address: addressSixOf(name, 'inner') })).join(''),
)}
`;

export const nat: ScenarioGroup<Pair> = {
  name: 'nat',
  title: 'network address translation',
  open: () =>
    Pair.open({
      configuration: CONFIGURATION,
      prepare: async (networks) => {
        networks.addIpv6();
        for (const name of SERVERS) {
          // Else they would answer clients past the directors.
          networks.host(name).ip('link set eth0 down');
          routeThrough(networks.host(name), ROUTER);
          await new FtpServer(name, networks.host(name), addressOf(name, 'inner')).start();
          await new SctpServer(name, networks.host(name), addressOf(name, 'inner')).start(SCTP_PORT);
        }
        for (const name of ['alpha', 'beta'] as const)
          setSysctls(networks.host(name), {
            'net.ipv4.ip_forward': '1',
            'net.ipv6.conf.all.forwarding': '1',
          });
      },
    }),
  scenarios: {
    'rr, wlc and mh serve HTTP, to another port of the real servers': async ({ client }) => {
      assert.equal((await tally(client, VIP, 6, WEB_PORTS.rr)).size, 2);
      assert.equal((await tally(client, VIP, 6, WEB_PORTS.wlc)).size, 2);
      // One client's address and any port: mh without its port flag keeps it on one server.
      assert.equal((await tally(client, VIP, 6, WEB_PORTS.mh)).size, 1);
    },

    'IPv6 is served like IPv4': async (pair) => {
      const { active } = await pair.settled();
      for (const name of SERVERS) {
        routeThrough(pair.networks.host(name), addressSixOf(active.name, 'inner'));
      }
      assert.equal((await tally(pair.client, SIX, 6)).size, 2);
    },

    'passive and active FTP work: the addresses in its control connection are rewritten': async ({
      client,
    }) => {
      for (const own of [undefined, addressOf('client', 'public')]) {
        const names = new Set<string>();
        for (const _ of SERVERS) {
          const { text, dataAddress } = await ftpGet(client, VIP, own);
          assert.equal(dataAddress, VIP);
          names.add(text);
        }
        assert.deepEqual([...names].sort(), [...SERVERS]);
      }
    },

    'SCTP associations reach every real server in turn': async ({ client }) => {
      const names = new Set<string>();
      for (const _ of SERVERS) {
        names.add(await askSctp(client, addressOf('client', 'public'), VIP, SCTP_PORT));
      }
      assert.deepEqual([...names].sort(), [...SERVERS]);
    },

    'nothing is found on either director of a healthy pair under NAT': (pair) =>
      findsNothing(pair.directors, pair.configurationFile),

    'a real server whose answers go past the director': async (pair) => {
      const { active, standby } = await pair.settled();
      routeThrough(pair.networks.host('one'), addressOf(standby.name, 'inner'));
      const found = await examine(active, pair.configurationFile).finally(() =>
        routeThrough(pair.networks.host('one'), ROUTER),
      );
      return assertFound(found, { DOCTOR_NAT_GATEWAY: /^one takes connections on / });
    },

    'the NAT router address moves with the service, and connections and SCTP associations live on through a handover':
      async (pair) => {
        const { active, standby } = await pair.settled();
        assert.deepEqual(pair.holders(ROUTER), [active]);
        const associations = new LiveConnections(
          sctpFrom(pair.client, addressOf('client', 'public')),
          VIP,
          SCTP_PORT,
        );
        await associations.open(2, 0);
        const connections = new LiveConnections(pair.client, VIP);
        await connections.openAmongOthers(12, 10_000);
        assert.equal((await active.handover()).ok, true);
        await until('the partner to hold both', () => standby.holds(VIP) && standby.holds(ROUTER));
        await until('the partner to answer', async () => (await get(pair.client, VIP)) !== '');
        assert.deepEqual(await connections.survivors(), { alive: 12, problems: [] });
        connections.close();
        assert.deepEqual(await associations.survivors(), { alive: 2, problems: [] });
        associations.close();
        assert.deepEqual(pair.holders(ROUTER), [standby]);
      },

    'connections live on through a crash': async (pair) => {
      const { active, standby } = await pair.settled();
      const connections = new LiveConnections(pair.client, VIP);
      await connections.openAmongOthers(12, 10_000);
      for (const network of ['public', 'private', 'inner'] as const) pair.networks.cut(active.name, network);
      await active.kill();
      await until('the partner to answer', async () => (await get(pair.client, VIP)) !== '');
      assert.deepEqual(await connections.survivors(), { alive: 12, problems: [] });
      connections.close();
      await pair.boot(active);
      for (const network of ['public', 'private', 'inner'] as const) pair.networks.heal(active.name, network);
      active.start();
      assert.equal((await pair.settled()).active, standby);
    },
  },
};
