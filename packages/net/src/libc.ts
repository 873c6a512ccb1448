import { createRequire } from 'node:module';
import { constants } from 'node:os';

/** libc calls that Node lacks. Integers in, integers out; a negative result means `errno()` tells why. */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  listen(fd: number, backlog: number): number;
  connect(fd: number, address: Buffer, length: number): number;
  setsockopt(fd: number, level: number, option: number, value: Buffer, length: number): number;
  getsockopt(fd: number, level: number, option: number, value: Buffer, length: Buffer): number;
  sendto(
    fd: number,
    data: Buffer,
    size: number,
    flags: number,
    address: Buffer | null,
    length: number,
  ): number;
  recv(fd: number, buffer: Buffer, size: number, flags: number): number;
  /** As sendto and recv, in a thread of Node's pool: this one does not wait for the kernel. A negative result is the errno. */
  sendtoAside(fd: number, data: Buffer): Promise<number>;
  recvAside(fd: number, buffer: Buffer): Promise<number>;
  close(fd: number): number;
  /** Makes `to` another name of `from`; what `to` was is closed. `flags` may be O_CLOEXEC. */
  dup3(from: number, to: number, flags: number): number;
  /** Takes or drops the lock of an open file, which ends with its last descriptor; LOCK_EX 2, LOCK_NB 4. */
  flock(fd: number, operation: number): number;
  /** Moves the calling thread into the namespace that a descriptor of /proc/PID/ns or /run/netns names. */
  setns(fd: number, kind: number): number;
  /** `argument` is the structure of the request, read or filled in. */
  ioctl(fd: number, request: number, argument: Buffer): number;
  /** Reads or sets the kernel's clock discipline; `status` is a struct timex. Its clock's state, negative on failure. */
  adjtimex(status: Buffer): number;
  /** Scheduling policy of a thread, 0 for the calling one. */
  sched_getscheduler(thread: number): number;
  sched_setscheduler(thread: number, policy: number, parameter: Buffer): number;
  /** errno of the call just made; ask before any other call or await. */
  errno(): number;
  /** Address of a buffer's bytes, for structures with pointers; keep the buffer referenced. */
  addressOf(buffer: Buffer): bigint;
}

type Answer = (error: Error | null, result: number) => void;
interface KoffiFunction {
  (...args: unknown[]): number;
  /** The last argument is an Answer. */
  async(...args: unknown[]): void;
}
interface KoffiLibrary {
  func(prototype: string): KoffiFunction;
}
interface Koffi {
  load(path: string): KoffiLibrary;
  errno(): number;
  address(buffer: Buffer): bigint | number;
}

let loaded: Libc | undefined;

/** The process's libc, loaded at first use (5 to 9 ms). */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  const library = koffi.load('libc.so.6');
  const sendto = library.func('intptr sendto(int, const void *, size_t, int, const void *, uint32_t)');
  const recv = library.func('intptr recv(int, void *, size_t, int)');
  // What a thread reads or fills must not be collected meanwhile: nobody else may hold it any more.
  const inUse = new Set<Buffer>();
  const aside = (buffer: Buffer, call: (answer: Answer) => void): Promise<number> =>
    new Promise((resolve, reject) => {
      inUse.add(buffer);
      call((error, result) => {
        inUse.delete(buffer);
        if (error !== null) reject(error);
        else resolve(result < 0 ? -koffi.errno() : result);
      });
    });
  return {
    socket: library.func('int socket(int, int, int)'),
    bind: library.func('int bind(int, const void *, uint32_t)'),
    listen: library.func('int listen(int, int)'),
    connect: library.func('int connect(int, const void *, uint32_t)'),
    setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    getsockopt: library.func('int getsockopt(int, int, int, void *, void *)'),
    sendto,
    recv,
    sendtoAside: (fd, data) =>
      aside(data, (answer) => sendto.async(fd, data, data.length, 0, null, 0, answer)),
    recvAside: (fd, buffer) => aside(buffer, (answer) => recv.async(fd, buffer, buffer.length, 0, answer)),
    close: library.func('int close(int)'),
    dup3: library.func('int dup3(int, int, int)'),
    flock: library.func('int flock(int, int)'),
    setns: library.func('int setns(int, int)'),
    ioctl: library.func('int ioctl(int, ulong, void *)'),
    adjtimex: library.func('int adjtimex(void *)'),
    sched_getscheduler: library.func('int sched_getscheduler(int)'),
    sched_setscheduler: library.func('int sched_setscheduler(int, int, const void *)'),
    errno: () => koffi.errno(),
    addressOf: (buffer) => BigInt(koffi.address(buffer)),
  };
}

/** `EADDRINUSE` for 98 and so on; the number as text where it has no name. */
export function errnoName(errno: number): string {
  const found = Object.entries(constants.errno).find(([, value]) => value === errno);
  return found?.[0] ?? String(errno);
}
