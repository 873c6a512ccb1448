import { readFileSync } from 'node:fs';
import { addressBytes } from './core/address-bytes.js';
import { unsolicitedAdvertisement } from './core/neighbour-advertisement.js';
import type { EthernetDevice } from './ethernet-device.js';
import { errnoName, libc } from './libc.js';

const AF_INET6 = 10;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_IPV6 = 41;
const IPPROTO_ICMPV6 = 58;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MULTICAST_IF = 17;
const IPV6_MULTICAST_HOPS = 18;
const IPV6_MULTICAST_LOOP = 19;
const ICMP6_FILTER = 1;
const MSG_DONTWAIT = 0x40;
/** Neighbours drop an advertisement that could have come through a router. */
const HOPS = 255;
const ALL_NODES = 'ff02::1';
const NO_ADDRESS = '::';

/** Sends unsolicited neighbour advertisements on one device. It never receives. */
export class AdvertisementSocket {
  private constructor(
    private readonly fd: number,
    readonly deviceIndex: number,
  ) {}

  /** Opens the socket for a device; the failed call and the errno's name as text where that is not possible. */
  static open(device: EthernetDevice): AdvertisementSocket | string {
    const fd = libc().socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6);
    if (fd < 0) return `socket: ${errnoName(libc().errno())}`;
    const nothing = Buffer.alloc(32, 0xff);
    const isReady =
      libc().setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, nothing, nothing.length) === 0 &&
      setOption(fd, IPV6_UNICAST_HOPS, HOPS) &&
      setOption(fd, IPV6_MULTICAST_HOPS, HOPS) &&
      setOption(fd, IPV6_MULTICAST_LOOP, 0) &&
      setOption(fd, IPV6_MULTICAST_IF, device.index);
    if (isReady) return new AdvertisementSocket(fd, device.index);
    const reason = errnoName(libc().errno());
    libc().close(fd);
    return `setsockopt: ${reason}`;
  }

  /** Tells all nodes of the link who holds an address; undefined when the kernel took it, else the errno's name. */
  send(device: EthernetDevice, address: string): string | undefined {
    const message = unsolicitedAdvertisement({ mac: device.mac, address, isRouter: forwards(device.name) });
    this.bindTo(address);
    const name = ipv6Name(ALL_NODES, this.deviceIndex);
    const sent = libc().sendto(this.fd, message, message.length, MSG_DONTWAIT, name, name.length);
    return sent < 0 ? errnoName(libc().errno()) : undefined;
  }

  /** From the address itself where the kernel has it ready; otherwise from one of the kernel's choice. */
  private bindTo(address: string): void {
    const own = ipv6Name(address, this.deviceIndex);
    if (libc().bind(this.fd, own, own.length) === 0) return;
    const none = ipv6Name(NO_ADDRESS, 0);
    libc().bind(this.fd, none, none.length);
  }

  close(): void {
    libc().close(this.fd);
  }
}

function setOption(fd: number, option: number, value: number): boolean {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return libc().setsockopt(fd, IPPROTO_IPV6, option, bytes, bytes.length) === 0;
}

/** struct sockaddr_in6; the scope counts for addresses of the link only. */
function ipv6Name(address: string, scope: number): Buffer {
  const bytes = addressBytes(address);
  if (bytes?.length !== 16) throw new Error(`no IPv6 address: ${address}`);
  const name = Buffer.alloc(28);
  name.writeUInt16LE(AF_INET6, 0);
  bytes.copy(name, 8);
  name.writeUInt32LE(scope, 24);
  return name;
}

function forwards(deviceName: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${deviceName}/forwarding`, 'utf8').trim() !== '0';
  } catch {
    // A kernel without IPv6 has no such file; it has no neighbours to tell either.
    return false;
  }
}
