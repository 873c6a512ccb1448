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

/** What came for one request: messages, and the answer that ends them. */
export interface Exchange {
  readonly messages: readonly NetlinkMessage[];
  readonly answer: NetlinkAnswer;
}

/**
 * Requests of netlink of which the calls wait in a thread of Node's pool, at most 2 s for each datagram: the calling thread
 * does not wait for the kernel's locks. One request after the other, for they share socket and buffer.
 */
export class NetlinkExchange {
  private fd = -1;
  private sequence = 0;
  private closed = false;
  private last: Promise<unknown> = Promise.resolve();
  private readonly buffer = Buffer.alloc(RECEIVE_BYTES);

  /** @param protocol of netlink; the socket is of the network namespace of the thread that asks first */
  constructor(private readonly protocol: number) {}

  /**
   * One request, which has to ask for a list or for an acknowledgement.
   * @throws UserError `ADDRESS_FAILED` where sending or receiving fails: what was done is then unknown
   */
  ask(build: RequestBuilder): Promise<Exchange> {
    const turn = this.last.then(async () => {
      if (this.closed) throw new Error('the kernel was asked after the end');
      try {
        return await this.sendAndReceive(build);
      } catch (error) {
        // What is still on its way must not answer the next request.
        this.closeSocket();
        throw error;
      }
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends it once the call under way has ended: no other socket may get its number before. */
  close(): void {
    this.closed = true;
    void this.last.finally(() => this.closeSocket());
  }

  private async sendAndReceive(build: RequestBuilder): Promise<Exchange> {
    if (this.fd < 0) this.fd = openNetlinkForRequests(this.protocol);
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
