import { addressFamily } from './ipv6.js';

/** ADDRESS:PORT as it stands in log lines and tables; an IPv6 address stands in brackets. */
export function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
  return addressFamily(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
