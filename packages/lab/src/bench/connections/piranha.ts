import assert from 'node:assert/strict';
import { DIRECTORS, ECHO_CHECK, SYNCHRONISED, serverBlocks, virtualBlock } from '../../guest/lvs-cf.js';
import { NETWORK_NAMES } from '../../guest/networks.js';
import { Pair } from '../../guest/pair.js';
import { PORTS } from '../../guest/real-server.js';
import { until } from '../../guest/requests.js';
import { prepareServers } from './hosts.js';
import { type KeptPair, type Method, ROUTER, SERVERS, VIRTUAL_ADDRESS } from './kept.js';

function configuration(method: Method): string {
  const servers = serverBlocks(method === 'nat' ? 'inner' : 'public', SERVERS);
  const service = { address: `${VIRTUAL_ADDRESS} eth0:1`, scheduler: 'rr' };
  return [
    DIRECTORS,
    SYNCHRONISED,
    `network = ${method}\n`,
    method === 'nat' ? `nat_router = ${ROUTER} eth2:1\n` : '',
    virtualBlock('web', { ...service, port: PORTS.web }, servers),
    virtualBlock('echo', { ...service, port: PORTS.echo, ...ECHO_CHECK }, servers),
  ].join('');
}

/** Two directors of ours with `failover_state = sync`. */
export async function openPiranha(method: Method): Promise<KeptPair> {
  const pair = await Pair.open({
    configuration: configuration(method),
    servers: SERVERS,
    prepare: (networks) => prepareServers(networks, method),
  });
  return {
    client: pair.client,
    ready: () => pair.ready(),
    handOver: async () => {
      const { active, standby } = await pair.settled();
      assert.equal((await active.handover()).ok, true);
      await until(
        'the partner to hold it alone',
        () => standby.holds(VIRTUAL_ADDRESS) && !active.holds(VIRTUAL_ADDRESS),
      );
    },
    crash: async () => {
      const { active, standby } = await pair.settled();
      for (const network of NETWORK_NAMES) pair.networks.cut(active.name, network);
      await active.kill();
      await until('the partner to hold it', () => standby.holds(VIRTUAL_ADDRESS));
    },
    lastLines: () => pair.lastLines(),
    close: async () => undefined,
  };
}
