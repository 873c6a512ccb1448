import { type Networks, setSysctls } from '../../guest/networks.js';
import { holdSilently, routeThrough } from '../../guest/real-server.js';
import { type Method, ROUTER, SERVERS, VIRTUAL_ADDRESS } from './kept.js';

/** Makes hosts ready for a method of forwarding, the same for every product. */
export function prepareServers(networks: Networks, method: Method): void {
  for (const name of SERVERS) {
    const host = networks.host(name);
    if (method === 'direct') {
      holdSilently(host, [VIRTUAL_ADDRESS]);
      continue;
    }
    // Else it would answer clients past the directors.
    host.ip('link set eth0 down');
    routeThrough(host, ROUTER);
  }
  for (const name of ['alpha', 'beta'] as const) {
    setSysctls(networks.host(name), { 'net.ipv4.ip_forward': method === 'nat' ? '1' : '0' });
  }
}
