import { monotonicNowMs } from '@piranha/common';
import { errnoName, libc, receiveRaw } from '@piranha/net';

const AF_INET = 2;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
/** Piranha's heartbeats are UDP, keepalived's advertisements are VRRP. */
const PROTOCOLS = [17, 112] as const;
const SOURCE_OFFSET = 12;

/**
 * Notes when the last beat of a director arrived here, whatever product sent it.
 * @param source the director's own IPv4 address
 * @returns gives the time, monotonic ms; undefined when there was none
 */
export function watchBeats(source: string): () => number | undefined {
  const sender = Buffer.from(source.split('.').map(Number));
  let lastMs: number | undefined;
  const onPacket = (packet: Buffer): void => {
    const from = packet.subarray(SOURCE_OFFSET, SOURCE_OFFSET + sender.length);
    if (from.equals(sender)) lastMs = monotonicNowMs();
  };
  for (const protocol of PROTOCOLS) receiveRaw(openRawSocket(protocol), onPacket, () => undefined);
  return () => lastMs;
}

function openRawSocket(protocol: number): number {
  const fd = libc().socket(AF_INET, SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
  if (fd < 0) throw new Error(`no raw socket: ${errnoName(libc().errno())}`);
  return fd;
}
