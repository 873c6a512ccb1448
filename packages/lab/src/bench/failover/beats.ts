import { monotonicNowMs } from '@piranha/common';
import { errnoName, libc, receiveRaw } from '@piranha/net';

const AF_INET = 2;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
/** Piranha's heartbeats are UDP, keepalived's advertisements are VRRP. */
const PROTOCOLS = [17, 112] as const;
const SOURCE_OFFSET = 12;

/**
 * Tells of each beat of a director that arrives here, whatever product sent it.
 * @param source the director's own IPv4 address
 */
export function watchBeats(source: string, onBeat: (atMs: number) => void): void {
  const sender = Buffer.from(source.split('.').map(Number));
  const onPacket = (packet: Buffer): void => {
    const from = packet.subarray(SOURCE_OFFSET, SOURCE_OFFSET + sender.length);
    if (from.equals(sender)) onBeat(monotonicNowMs());
  };
  for (const protocol of PROTOCOLS) receiveRaw(openRawSocket(protocol), onPacket, () => undefined);
}

function openRawSocket(protocol: number): number {
  const fd = libc().socket(AF_INET, SOCK_RAW_NONBLOCK_CLOEXEC, protocol);
  if (fd < 0) throw new Error(`no raw socket: ${errnoName(libc().errno())}`);
  return fd;
}
