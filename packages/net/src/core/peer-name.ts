import { addressBytes } from './address-bytes.js';

const AF_INET = 2;
const AF_INET6 = 10;

/** How the kernel is told of a peer. */
export interface PeerName {
  readonly version: 4 | 6;
  readonly family: number;
  /** struct sockaddr_in or sockaddr_in6: the family native, port and address big endian. */
  readonly name: Buffer;
}

/** @param port 0 to 65535; 0 where the protocol has none */
export function peerName(address: string, port: number): PeerName {
  const bytes = addressBytes(address);
  if (bytes === undefined) throw new Error(`no IP address: ${address}`);
  const isFour = bytes.length === 4;
  const family = isFour ? AF_INET : AF_INET6;
  const name = Buffer.alloc(isFour ? 16 : 28);
  name.writeUInt16LE(family, 0);
  name.writeUInt16BE(port, 2);
  bytes.copy(name, isFour ? 4 : 8);
  return { version: isFour ? 4 : 6, family, name };
}
