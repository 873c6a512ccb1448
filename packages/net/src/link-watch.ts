import { constants } from 'node:os';
import { netlinkMessages } from './core/netlink-message.js';
import { type InterfaceAddress, type NetworkLink, routeRecord } from './core/route-records.js';
import { libc } from './libc.js';
import { openNetlink } from './netlink-socket.js';
import { type RawReceiver, receiveRaw } from './raw-receiver.js';

const MSG_DONTWAIT = 0x40;
/** More than fit into the receive buffer. */
const DRAIN_LIMIT = 100_000;
const GROUP_LINK = 0x1;
const GROUP_IPV4_ADDRESS = 0x10;
const GROUP_IPV6_ADDRESS = 0x100;

/** What happens to links and addresses, as the kernel tells it. */
export interface LinkWatchEvents {
  /** A link is new, changed or gone. */
  onLink(link: NetworkLink, type: 'changed' | 'removed'): void;
  onAddress(address: InterfaceAddress, type: 'added' | 'removed'): void;
  /** Events were lost: everything must be read again. */
  onOverflow(): void;
}

/** Hears of every change of links and addresses in the network namespace of the process. */
export class LinkWatch {
  private readonly receiver: RawReceiver;

  /** @throws UserError `ADDRESS_FAILED` or `SOCKET_FAILED` */
  constructor(private readonly events: LinkWatchEvents) {
    const fd = openNetlink(GROUP_LINK | GROUP_IPV4_ADDRESS | GROUP_IPV6_ADDRESS, false);
    this.receiver = receiveRaw(
      fd,
      (datagram) => this.hear(datagram),
      () => this.overflow(),
    );
  }

  close(): void {
    this.receiver.close();
  }

  /**
   * The kernel says once that it dropped events, and drops all others until the queue is empty. So the queue is emptied
   * first: what is read again after that misses nothing.
   */
  private overflow(): void {
    const buffer = Buffer.alloc(1);
    for (let count = 0; count < DRAIN_LIMIT; count += 1) {
      const bytes = libc().recv(this.receiver.fd, buffer, buffer.length, MSG_DONTWAIT);
      if (bytes < 0 && libc().errno() !== constants.errno.ENOBUFS) break;
    }
    this.events.onOverflow();
  }

  private hear(datagram: Buffer): void {
    for (const message of netlinkMessages(datagram)) {
      const record = routeRecord(message);
      if (record === undefined) continue;
      if ('link' in record) this.events.onLink(record.link, record.type === 'link' ? 'changed' : 'removed');
      else this.events.onAddress(record.address, record.type === 'address' ? 'added' : 'removed');
    }
  }
}
