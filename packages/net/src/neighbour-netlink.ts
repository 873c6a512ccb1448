import { addressBytes } from './core/address-bytes.js';
import {
  confirmNeighbourRequest,
  listNeighboursRequest,
  type NeighbourSpec,
} from './core/neighbour-messages.js';
import { type NeighbourEntry, neighbourRecords } from './core/neighbour-records.js';
import {
  type NetlinkAnswer,
  type NetlinkMessage,
  netlinkAnswer,
  netlinkMessages,
} from './core/netlink-message.js';
import { libc } from './libc.js';
import { addressFailed, openNetlinkForRequests, type RequestBuilder } from './netlink-socket.js';

const RECEIVE_BYTES = 64 * 1024;
const EINTR = 4;

interface Exchange {
  readonly messages: readonly NetlinkMessage[];
  readonly answer: NetlinkAnswer;
}

/**
 * The kernel's neighbour table through rtnetlink, in the network namespace of the process. The calls wait in a thread of
 * Node's pool, at most 2 s for each datagram: the kernel reads this table behind the lock under which it also makes and removes
 * interfaces, and the heartbeats of the calling thread must not wait for those.
 */
export class NeighbourNetlink {
  private fd = -1;
  private sequence = 0;
  private closed = false;
  private last: Promise<unknown> = Promise.resolve();
  private readonly buffer = Buffer.alloc(RECEIVE_BYTES);

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
    const { answer } = await this.exchange((sequence) => confirmNeighbourRequest(sequence, neighbour));
    if (answer.errno === 0) return;
    throw addressFailed(`neighbour ${neighbour.address}`, answer.errno, answer.text);
  }

  /** Ends it once the call under way has ended: no other socket may get its number before. */
  close(): void {
    this.closed = true;
    void this.last.finally(() => this.closeSocket());
  }

  private async list(family: 4 | 6, addresses: readonly Buffer[]): Promise<readonly NeighbourEntry[]> {
    const { messages, answer } = await this.exchange((sequence) => listNeighboursRequest(sequence, family));
    if (answer.errno !== 0) throw addressFailed('list neighbours', answer.errno, answer.text);
    return neighbourRecords(messages, addresses);
  }

  /** One after the other, for they share socket and buffer. */
  private exchange(build: RequestBuilder): Promise<Exchange> {
    const turn = this.last.then(async () => {
      if (this.closed) throw new Error('neighbours asked after the end');
      try {
        return await this.ask(build);
      } catch (error) {
        // What is still on its way must not answer the next request.
        this.closeSocket();
        throw error;
      }
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async ask(build: RequestBuilder): Promise<Exchange> {
    if (this.fd < 0) this.fd = openNetlinkForRequests();
    this.sequence = this.sequence >= 0x7fffffff ? 1 : this.sequence + 1;
    const sent = await libc().sendtoAside(this.fd, build(this.sequence));
    if (sent < 0) throw addressFailed('sendto', -sent);
    const list: NetlinkMessage[] = [];
    for (;;) {
      for (const message of await this.receive()) {
        if (message.sequence !== this.sequence) continue;
        const answer = netlinkAnswer(message);
        if (answer !== undefined) return { messages: list, answer };
        list.push(message);
      }
    }
  }

  /** One datagram's messages. A copy, for the next call uses the buffer again. */
  private async receive(): Promise<readonly NetlinkMessage[]> {
    for (;;) {
      const bytes = await libc().recvAside(this.fd, this.buffer);
      if (bytes >= 0) return netlinkMessages(Buffer.from(this.buffer.subarray(0, bytes)));
      if (bytes !== -EINTR) throw addressFailed('recv', -bytes);
    }
  }

  private closeSocket(): void {
    if (this.fd >= 0) libc().close(this.fd);
    this.fd = -1;
  }
}
