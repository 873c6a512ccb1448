import { UserError } from '@piranha/common';
import {
  FLAG_DUMP_INTERRUPTED,
  type NetlinkAnswer,
  type NetlinkMessage,
  NLMSG_DONE,
  netlinkAnswer,
  netlinkMessages,
} from './core/netlink-message.js';
import { errnoName, libc } from './libc.js';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const SOCKADDR_NL_BYTES = 12;
const TIMEVAL_BYTES = 16;
const ANSWER_LIMIT_SECONDS = 2;
const RECEIVE_BYTES = 64 * 1024;
const LIST_ATTEMPTS = 10;
/** Answers to one batch must fit into the receive buffer, 1 KiB each at most. */
const BATCH_REQUESTS = 64;
const BUFFER_BYTES = 1024 * 1024;
const EINTR = 4;
const ENOBUFS = 105;

/** The protocol of links, addresses and neighbours. */
export const NETLINK_ROUTE = 0;

/** Builds a request with the sequence number that its answer will carry. */
export type RequestBuilder = (sequence: number) => Buffer;

/** A socket of netlink in the calling thread's network namespace; `groups` is a mask of event groups. */
export function openNetlink(groups: number, isBlocking: boolean, protocol = NETLINK_ROUTE): number {
  const c = libc();
  const kind = SOCK_RAW | SOCK_CLOEXEC | (isBlocking ? 0 : SOCK_NONBLOCK);
  const fd = c.socket(AF_NETLINK, kind, protocol);
  if (fd < 0) throw addressFailed('socket', c.errno());
  // The forced form passes the system's limit and needs CAP_NET_ADMIN.
  if (setOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES) < 0) {
    setOption(fd, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
  }
  const address = Buffer.alloc(SOCKADDR_NL_BYTES);
  address.writeUInt16LE(AF_NETLINK, 0);
  address.writeUInt32LE(groups, 8);
  if (c.bind(fd, address, address.length) >= 0) return fd;
  const errno = c.errno();
  c.close(fd);
  throw addressFailed('bind', errno);
}

/**
 * As openNetlink, for requests and answers: whoever receives waits at most 2 s.
 * @throws UserError `ADDRESS_FAILED`
 */
export function openNetlinkForRequests(protocol = NETLINK_ROUTE): number {
  const fd = openNetlink(0, true, protocol);
  const limit = Buffer.alloc(TIMEVAL_BYTES);
  limit.writeUInt32LE(ANSWER_LIMIT_SECONDS);
  // Without it the thread could wait for ever.
  if (libc().setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, limit, limit.length) < 0) {
    const errno = libc().errno();
    libc().close(fd);
    throw addressFailed('setsockopt', errno);
  }
  // For the kernel's words about a failure; old kernels have none.
  setOption(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
  setOption(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
  return fd;
}

/** Requests and answers of rtnetlink, one after the other; the thread waits at most 2 s for an answer. */
export class NetlinkSocket {
  private fd = -1;
  private sequence = 0;
  private readonly buffer = Buffer.alloc(RECEIVE_BYTES);

  /**
   * Asks for a list and gives all its messages. Asks again when the list changed while it was read.
   * @throws UserError `ADDRESS_FAILED`
   */
  list(build: RequestBuilder): readonly NetlinkMessage[] {
    for (let attempt = 1; attempt <= LIST_ATTEMPTS; attempt += 1) {
      const sequence = this.send([build])[0] ?? 0;
      const messages = this.receiveList(sequence);
      if (messages !== undefined) return messages;
    }
    throw new UserError('the kernel changed its list during every attempt to read it', {
      code: 'ADDRESS_FAILED',
      hint: 'something adds and removes addresses or links all the time: look at ip monitor',
    });
  }

  /**
   * Sends requests and gives the answers in the same order; one that is refused does not stop the others.
   * @throws UserError `ADDRESS_FAILED` where sending or receiving fails: what was done is then unknown
   */
  request(builders: readonly RequestBuilder[]): readonly NetlinkAnswer[] {
    const answers: NetlinkAnswer[] = [];
    for (let start = 0; start < builders.length; start += BATCH_REQUESTS) {
      const sequences = this.send(builders.slice(start, start + BATCH_REQUESTS));
      answers.push(...this.receiveAnswers(sequences));
    }
    return answers;
  }

  close(): void {
    if (this.fd >= 0) libc().close(this.fd);
    this.fd = -1;
  }

  private open(): number {
    if (this.fd < 0) this.fd = openNetlinkForRequests();
    return this.fd;
  }

  /** Sends the requests as one datagram and gives their sequence numbers. */
  private send(builders: readonly RequestBuilder[]): readonly number[] {
    const sequences = builders.map(() => this.nextSequence());
    const datagram = Buffer.concat(builders.map((build, index) => build(sequences[index] ?? 0)));
    const fd = this.open();
    if (libc().sendto(fd, datagram, datagram.length, 0, null, 0) < 0) throw this.failed('sendto');
    return sequences;
  }

  /** Never 0, the number of events. */
  private nextSequence(): number {
    this.sequence = this.sequence >= 0x7fffffff ? 1 : this.sequence + 1;
    return this.sequence;
  }

  private receiveList(sequence: number): readonly NetlinkMessage[] | undefined {
    const list: NetlinkMessage[] = [];
    let isInterrupted = false;
    for (;;) {
      const messages = this.receive();
      if (messages === undefined) {
        // Overflown: the end of the list may be lost, and the kernel refuses a second list until the first has ended.
        this.close();
        return undefined;
      }
      for (const message of messages) {
        if (message.sequence !== sequence) continue;
        isInterrupted ||= (message.flags & FLAG_DUMP_INTERRUPTED) !== 0;
        const answer = netlinkAnswer(message);
        if (answer && answer.errno !== 0) throw addressFailed('list', answer.errno, answer.text);
        if (message.type === NLMSG_DONE) return isInterrupted ? undefined : list;
        list.push(message);
      }
    }
  }

  private receiveAnswers(sequences: readonly number[]): readonly NetlinkAnswer[] {
    const answers = new Map<number, NetlinkAnswer>();
    while (answers.size < sequences.length) {
      const messages = this.receive();
      if (messages === undefined) throw this.failed('recv', ENOBUFS);
      for (const message of messages) {
        const answer = sequences.includes(message.sequence) ? netlinkAnswer(message) : undefined;
        if (answer) answers.set(message.sequence, answer);
      }
    }
    return sequences.flatMap((sequence) => answers.get(sequence) ?? []);
  }

  /** One datagram's messages; undefined when some were lost. A copy, for the next call uses the buffer again. */
  private receive(): readonly NetlinkMessage[] | undefined {
    const c = libc();
    for (;;) {
      const bytes = c.recv(this.fd, this.buffer, this.buffer.length, 0);
      if (bytes >= 0) return netlinkMessages(Buffer.from(this.buffer.subarray(0, bytes)));
      const errno = c.errno();
      if (errno === ENOBUFS) return undefined;
      if (errno !== EINTR) throw this.failed('recv', errno);
    }
  }

  /** What is still on its way must not answer the next request: a new socket is made for it. */
  private failed(call: string, errno = libc().errno()): UserError {
    this.close();
    return addressFailed(call, errno);
  }
}

function setOption(fd: number, level: number, option: number, value: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return libc().setsockopt(fd, level, option, bytes, bytes.length);
}

const REMEDIES: Readonly<Record<string, string>> = {
  EPERM: 'changing addresses needs root or CAP_NET_ADMIN',
  EACCES: 'IPv6 may be switched off on the interface: sysctl net.ipv6.conf.IFACE.disable_ipv6',
  ENODEV: 'the interface is gone: look at ip link',
  EAGAIN: 'the kernel did not answer in time; it is asked again',
  EMFILE: 'the limit of open files is reached',
};

/** The error of a call to netlink that failed with `errno`; `what` names the call or the address. */
export function addressFailed(what: string, errno: number, kernelText?: string): UserError {
  const name = errnoName(errno);
  const text = kernelText === undefined ? '' : ` (${kernelText})`;
  const hint = REMEDIES[name];
  return new UserError(`${what}: ${name}${text}`, {
    code: 'ADDRESS_FAILED',
    ...(hint === undefined ? {} : { hint }),
  });
}
