import { addressBytes } from './core/address-bytes.js';
import {
  confirmNeighbourRequest,
  listNeighboursRequest,
  type NeighbourSpec,
} from './core/neighbour-messages.js';
import { type NeighbourEntry, neighbourRecords } from './core/neighbour-records.js';
import { NetlinkExchange } from './netlink-exchange.js';
import { addressFailed, NETLINK_ROUTE } from './netlink-socket.js';

/**
 * The kernel's neighbour table through rtnetlink, in the network namespace of the process. The calling thread does not wait:
 * the kernel reads this table behind the lock under which it also makes and removes interfaces, and heartbeats must not wait
 * for those.
 */
export class NeighbourNetlink {
  private readonly kernel = new NetlinkExchange(NETLINK_ROUTE);

  /**
   * The entries of these addresses, on whatever interface; what is no address has none.
   * @throws UserError `ADDRESS_FAILED`
   */
  async entriesOf(addresses: readonly string[]): Promise<readonly NeighbourEntry[]> {
    const wanted = addresses.flatMap((address) => addressBytes(address) ?? []);
    const entries: NeighbourEntry[] = [];
    for (const family of [4, 6] as const) {
      const ofFamily = wanted.filter(({ length }) => length === (family === 4 ? 4 : 16));
      if (ofFamily.length > 0) entries.push(...(await this.list(family, ofFamily)));
    }
    return entries;
  }

  /**
   * Makes a neighbour reachable for as long as one that was just heard. An entry that is valid with another link-layer
   * address stays as it is, without an error.
   * @throws UserError `ADDRESS_FAILED`, with EPERM in its text without CAP_NET_ADMIN
   */
  async confirm(neighbour: NeighbourSpec): Promise<void> {
    const { answer } = await this.kernel.ask((sequence) => confirmNeighbourRequest(sequence, neighbour));
    if (answer.errno === 0) return;
    throw addressFailed(`neighbour ${neighbour.address}`, answer.errno, answer.text);
  }

  /** Ends it once the call under way has ended. */
  close(): void {
    this.kernel.close();
  }

  private async list(family: 4 | 6, addresses: readonly Buffer[]): Promise<readonly NeighbourEntry[]> {
    const { messages, answer } = await this.kernel.ask((sequence) => listNeighboursRequest(sequence, family));
    if (answer.errno !== 0) throw addressFailed('list neighbours', answer.errno, answer.text);
    return neighbourRecords(messages, addresses);
  }
}
