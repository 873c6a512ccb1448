import { UserError } from '@piranha/common';
import { type ArpPacket, ETHERTYPE_ARP, parseArp } from './core/arp-frame.js';
import { lookUpDevice } from './ethernet-device.js';
import { libc } from './libc.js';
import { linkLayerName, openPacketSocket, packetSocketFailed } from './packet-socket.js';
import { receiveRaw } from './raw-receiver.js';

/** A running watch. */
export interface ArpWatch {
  /** Ends it; a second call does nothing. */
  close(): void;
}

/**
 * Hears the ARP packets that arrive on an interface (`eth0:1` stands for eth0), so that another holder of an address
 * is noticed. What this machine sends itself is not heard. Receive errors go to `onError`: ENETDOWN while the device
 * is down, after which the watch goes on by itself, and once when the device is removed, after which it stays silent.
 * @throws UserError `ARP_DEVICE` for an interface that is missing or has no ARP, `PACKET_SOCKET_DENIED` without
 * CAP_NET_RAW, `PACKET_SOCKET_FAILED`
 */
export function watchArp(
  interfaceName: string,
  onArp: (packet: ArpPacket) => void,
  onError: (error: Error) => void,
): ArpWatch {
  const fd = openPacketSocket();
  try {
    bindToArp(fd, interfaceName);
  } catch (error) {
    libc().close(fd);
    throw error;
  }
  const receiver = receiveRaw(
    fd,
    (frame) => {
      const packet = parseArp(frame);
      if (packet !== undefined) onArp(packet);
    },
    onError,
  );
  let isOpen = true;
  return {
    close: () => {
      if (isOpen) receiver.close();
      isOpen = false;
    },
  };
}

function bindToArp(fd: number, interfaceName: string): void {
  const found = lookUpDevice(fd, interfaceName);
  if (found.kind !== 'ethernet') {
    const reason = found.kind === 'missing' ? found.reason : 'no ARP on this device';
    throw new UserError(`${interfaceName}: ${reason}`, {
      code: 'ARP_DEVICE',
      hint: 'ip link lists the devices',
    });
  }
  const name = linkLayerName(found.device.index, ETHERTYPE_ARP);
  if (libc().bind(fd, name, name.length) < 0) throw packetSocketFailed('bind');
}
