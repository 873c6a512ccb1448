import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { addressFamily, UserError } from '@piranha/common';

/** By which socket heartbeats of an own address go out, and come in where they are sent to it. */
export function openPathSocket(local: string, port: number): Promise<Socket> {
  return bind(heartbeatSocket(local), port, local);
}

/** A socket that is bound to nothing yet. @param isShared others may bind what it binds */
export function heartbeatSocket(local: string, isShared = false): Socket {
  return addressFamily(local) === 4
    ? createSocket({ type: 'udp4', reuseAddr: isShared })
    : createSocket({ type: 'udp6', reuseAddr: isShared, ipv6Only: true });
}

/**
 * A socket that hears a multicast group on the network of an own address. Others on this machine may hear it too: a
 * guardian does while its pulse hangs.
 * @throws UserError `PULSE_BIND_FAILED` when no interface has `local`
 */
export async function openGroupSocket(group: string, local: string, port: number): Promise<Socket> {
  const socket = heartbeatSocket(local, true);
  const place = multicastPlace(local);
  // The address of a group means another one on each network.
  const zone = addressFamily(group) === 6 && isOfOneNetwork(group) ? place.slice(place.indexOf('%')) : '';
  await bind(socket, port, `${group}${zone}`);
  try {
    socket.addMembership(group, place);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Makes a socket send to groups by the interface of its own address, and no further than that network. */
export function sendToGroups(socket: Socket, local: string): void {
  socket.setMulticastInterface(multicastPlace(local));
  socket.setMulticastTTL(1);
}

/** How an interface is named to the kernel: by its IPv4 address, or by `::%NAME`. */
function multicastPlace(local: string): string {
  if (addressFamily(local) === 4) return local;
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    if (addresses.some(({ address }) => address === local)) return `::%${name}`;
  }
  throw new UserError(`pulse: no interface has ${local}`, {
    code: 'PULSE_BIND_FAILED',
    hint: `${local} must be an address of this node`,
  });
}

/** ff01: and ff02: with any flags. */
function isOfOneNetwork(group: string): boolean {
  return /^ff[0-9a-f][12]:/.test(group);
}

function bind(socket: Socket, port: number, address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, address, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
