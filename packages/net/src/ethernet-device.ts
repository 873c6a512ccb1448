import { formatMac } from './core/mac.js';
import { errnoName, libc } from './libc.js';

const SIOCGIFFLAGS = 0x8913;
const SIOCGIFHWADDR = 0x8927;
const SIOCGIFINDEX = 0x8933;
const IFREQ_BYTES = 40;
const NAME_BYTES = 16;
const IFF_NOARP = 0x80;
const ARPHRD_ETHER = 1;

/** A network device whose neighbours ask for addresses by ARP or neighbour discovery. */
export interface EthernetDevice {
  /** Without an alias's label. */
  readonly name: string;
  readonly index: number;
  /** Its present hardware address, lower case with colons. */
  readonly mac: string;
}

/** What an interface's name stands for. A device without ARP is one such as lo, a tunnel or a dummy. */
export type DeviceLookup =
  | { readonly kind: 'ethernet'; readonly device: EthernetDevice }
  | { readonly kind: 'no-arp' }
  | { readonly kind: 'missing'; readonly reason: string };

/** The device that an interface name with or without an alias's label (`eth0:1`) belongs to. */
function baseDeviceName(name: string): string {
  return name.split(':', 1)[0] ?? name;
}

/**
 * Asks the kernel for a device through any open socket, in whose network namespace it is looked up; the files of sysfs
 * may show another namespace.
 */
export function lookUpDevice(fd: number, interfaceName: string): DeviceLookup {
  const name = baseDeviceName(interfaceName);
  const bytes = Buffer.from(name);
  if (bytes.length === 0 || bytes.length >= NAME_BYTES) return { kind: 'missing', reason: 'no device name' };
  const request = Buffer.alloc(IFREQ_BYTES);
  bytes.copy(request);
  if (libc().ioctl(fd, SIOCGIFINDEX, request) < 0) return missing();
  const index = request.readInt32LE(NAME_BYTES);
  if (libc().ioctl(fd, SIOCGIFFLAGS, request) < 0) return missing();
  const flags = request.readUInt16LE(NAME_BYTES);
  if (libc().ioctl(fd, SIOCGIFHWADDR, request) < 0) return missing();
  const isEthernet = request.readUInt16LE(NAME_BYTES) === ARPHRD_ETHER;
  if (!isEthernet || (flags & IFF_NOARP) !== 0) return { kind: 'no-arp' };
  const mac = formatMac(request.subarray(NAME_BYTES + 2, NAME_BYTES + 8));
  return { kind: 'ethernet', device: { name, index, mac } };
}

function missing(): DeviceLookup {
  const reason = errnoName(libc().errno());
  return { kind: 'missing', reason: reason === 'ENODEV' ? 'no such device' : reason };
}
