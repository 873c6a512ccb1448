import { UserError } from '@piranha/common';
import { PacketSocket } from '@piranha/net';
import type { Wrong } from '../core/wrong.js';

/** The UserError for a command line or an input that is not carried out. */
export function refusal({ code, reason, hint }: Wrong): UserError {
  return new UserError(`send_arp: ${reason}`, { code, hint });
}

/**
 * Opens the socket for frames.
 * @throws UserError `SEND_ARP_NOT_PERMITTED`, or `SEND_ARP_FAILED` for other reasons
 */
export function openSocket(): PacketSocket {
  try {
    return new PacketSocket();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const code = error.code === 'PACKET_SOCKET_DENIED' ? 'SEND_ARP_NOT_PERMITTED' : 'SEND_ARP_FAILED';
    throw new UserError(
      `send_arp: ${error.message}`,
      error.hint === undefined ? { code } : { code, hint: error.hint },
    );
  }
}
