import { UserError } from '@piranha/common';
import { gratuitousReply } from '@piranha/net';
import type { OriginalCommand } from '../core/command-line.js';
import { openSocket } from './user-errors.js';

/**
 * Sends the one frame of the original's form.
 * @throws UserError `SEND_ARP_NOT_PERMITTED`, `SEND_ARP_DEVICE` for a device that is missing or has no ARP,
 *   `SEND_ARP_FAILED` when the kernel does not take the frame
 */
export function sendOriginal(command: OriginalCommand, print: (line: string) => void): void {
  const { device, address, mac, destinationMac } = command;
  const socket = openSocket();
  try {
    const found = socket.lookUp(device);
    if (found.kind !== 'ethernet') {
      const reason = found.kind === 'missing' ? found.reason : 'no ARP on this device';
      throw new UserError(`send_arp: ${device}: ${reason}`, {
        code: 'SEND_ARP_DEVICE',
        hint: '-i names the device; eth0 unless told',
      });
    }
    const errno = socket.send(found.device, gratuitousReply({ mac, address }, destinationMac));
    if (errno !== undefined) {
      const hint = errno === 'ENETDOWN' ? 'the device is down' : 'see the errno for the reason';
      throw new UserError(`send_arp: ${device}: sendto: ${errno}`, { code: 'SEND_ARP_FAILED', hint });
    }
  } finally {
    socket.close();
  }
  if (command.verbose) print(`${device}: reply ${address} at ${mac} to ${destinationMac}`);
}
