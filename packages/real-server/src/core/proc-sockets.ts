import { formatIpv4, formatIpv6 } from '@piranha/common';

/** A socket that takes what comes to a port; the wildcard address is `0.0.0.0` or `::`. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

const TCP_LISTEN = '0A';
const UDP_UNCONNECTED = '07';

/** The listeners in the text of `/proc/net/tcp`, `tcp6`, `udp` or `udp6`. Lines in another form do not count. */
export function readListeners(text: string, protocol: 'tcp' | 'udp'): readonly Listener[] {
  const state = protocol === 'tcp' ? TCP_LISTEN : UDP_UNCONNECTED;
  return text.split('\n').flatMap((line) => {
    const [, local = '', , found] = line.trim().split(/\s+/);
    const [, hexadecimal = '', port = ''] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local) ?? [];
    if (found !== state || hexadecimal === '') return [];
    return [{ protocol, address: addressOf(hexadecimal), port: Number.parseInt(port, 16) }];
  });
}

/** The kernel prints words of 32 bits in the machine's order, which is taken to be little endian. */
function addressOf(hexadecimal: string): string {
  const words = (hexadecimal.match(/.{8}/g) ?? []).map((word) =>
    (word.match(/../g) ?? []).reverse().join(''),
  );
  const text = words.join('');
  if (text.length === 8) return formatIpv4(Number.parseInt(text, 16));
  return formatIpv6((text.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16)));
}

/** True where a connection to the address and port finds a listener. `::` takes IPv4 too unless told otherwise. */
export function isServed(listeners: readonly Listener[], { protocol, address, port }: Listener): boolean {
  const wildcards = address.includes(':') ? ['::'] : ['0.0.0.0', '::', `::ffff:${address}`];
  return listeners.some(
    (listener) =>
      listener.protocol === protocol &&
      listener.port === port &&
      (listener.address === address || wildcards.includes(listener.address)),
  );
}
