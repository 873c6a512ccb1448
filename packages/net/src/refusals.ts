import { libc } from './libc.js';

const MSG_DONTWAIT = 0x40;
const MSG_ERRQUEUE = 0x2000;
/** Refusals that are taken in one go; the kernel keeps no more than fit into a socket's buffer. */
const REFUSALS_LIMIT = 64;
const QUOTED_LIMIT_BYTES = 256;
const ON = Buffer.from(Int32Array.of(1).buffer);
/** IP_RECVERR and IPV6_RECVERR. */
const HEARING = { 4: { level: 0, option: 11 }, 6: { level: 41, option: 25 } } as const;

/** Lets a socket hear what the network says of packets that did not arrive. Below 0 where the kernel refuses, with its errno. */
export function hearRefusals(fd: number, version: 4 | 6): number {
  const { level, option } = HEARING[version];
  return libc().setsockopt(fd, level, option, ON, ON.length);
}

/**
 * Takes away what the kernel keeps of refusals, which would keep the event loop busy.
 * @param visit gets the beginning of the packet that each is about; valid during the call alone
 */
export function takeRefusals(fd: number, visit: (quoted: Buffer) => void = () => undefined): void {
  const quoted = Buffer.alloc(QUOTED_LIMIT_BYTES);
  for (let count = 0; count < REFUSALS_LIMIT; count++) {
    const bytes = libc().recv(fd, quoted, quoted.length, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (bytes < 0) return;
    visit(quoted.subarray(0, bytes));
  }
}
