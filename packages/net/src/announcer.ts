import { errorText } from '@piranha/common';
import { AdvertisementSocket } from './advertisement-socket.js';
import { addressBytes } from './core/address-bytes.js';
import { arpProbe, gratuitousReply, gratuitousRequest } from './core/arp-frame.js';
import type { DeviceLookup, EthernetDevice } from './ethernet-device.js';
import { PacketSocket } from './packet-socket.js';

/** An address, IPv4 or IPv6, and the interface whose neighbours are told. `eth0:1` stands for eth0. */
export interface AnnouncementTarget {
  readonly address: string;
  readonly interface: string;
}

/** Which gratuitous ARPs an IPv4 address gets. Some neighbours heed only requests, some only replies. */
export type AnnouncementForm = 'both' | 'reply' | 'request';

export interface AnnouncerOptions {
  /** `both` unless told. IPv6 addresses get a neighbour advertisement in any case. */
  readonly form?: AnnouncementForm;
  /** Gets a line for each frame that was sent and each address that was skipped. */
  readonly onLine?: (line: string) => void;
}

/**
 * Tells neighbours at once who holds which addresses. Its sockets are opened at first use and kept; after an error
 * they are opened anew. Device numbers and MACs are asked for at each call, as both may change under a bond.
 */
export class Announcer {
  private packetSocket: PacketSocket | undefined;
  private readonly advertisers = new Map<string, AdvertisementSocket>();
  private lookups = new Map<string, DeviceLookup>();

  constructor(private readonly options: AnnouncerOptions = {}) {}

  /**
   * Sends each address once in each form. Addresses on interfaces without ARP, such as lo, are skipped.
   * @returns one line for each address that could not be announced; the others were
   */
  announce(targets: readonly AnnouncementTarget[]): string[] {
    return this.forEach(targets, (device, address) =>
      addressBytes(address)?.length === 16 ? this.advertise(device, address) : this.sendArp(device, address),
    );
  }

  /**
   * Asks for other holders of each IPv4 address; the answers are heard by `watchArp`. IPv6 addresses are left out.
   * @returns one line for each address that could not be asked for
   */
  probe(targets: readonly AnnouncementTarget[]): string[] {
    const asked = targets.filter(({ address }) => addressBytes(address)?.length !== 16);
    return this.forEach(asked, (device, address) =>
      this.sendFrame(device, arpProbe({ mac: device.mac, address }), `probe for ${address}`),
    );
  }

  close(): void {
    this.packetSocket?.close();
    this.packetSocket = undefined;
    for (const advertiser of this.advertisers.values()) advertiser.close();
    this.advertisers.clear();
  }

  private forEach(
    targets: readonly AnnouncementTarget[],
    send: (device: EthernetDevice, address: string) => string | undefined,
  ): string[] {
    this.lookups = new Map();
    return targets.flatMap((target) => {
      const problem = this.sendOne(target, send);
      return problem === undefined ? [] : [`${target.address} on ${target.interface}: ${problem}`];
    });
  }

  private sendOne(
    target: AnnouncementTarget,
    send: (device: EthernetDevice, address: string) => string | undefined,
  ): string | undefined {
    if (addressBytes(target.address) === undefined) return 'no IP address';
    const found = this.lookUp(target.interface);
    if (typeof found === 'string') return found;
    if (found.kind === 'missing') return found.reason;
    if (found.kind === 'ethernet') return send(found.device, target.address);
    this.options.onLine?.(`${target.interface}: no ARP here, ${target.address} skipped`);
    return undefined;
  }

  private lookUp(interfaceName: string): DeviceLookup | string {
    const known = this.lookups.get(interfaceName);
    if (known !== undefined) return known;
    const socket = this.openPacketSocket();
    if (typeof socket === 'string') return socket;
    const found = socket.lookUp(interfaceName);
    this.lookups.set(interfaceName, found);
    return found;
  }

  private sendArp(device: EthernetDevice, address: string): string | undefined {
    const holder = { mac: device.mac, address };
    const { form = 'both' } = this.options;
    const problems = [
      form === 'reply' ? undefined : this.sendFrame(device, gratuitousRequest(holder), `request ${address}`),
      form === 'request' ? undefined : this.sendFrame(device, gratuitousReply(holder), `reply ${address}`),
    ];
    return problems.find((problem) => problem !== undefined);
  }

  private sendFrame(device: EthernetDevice, frame: Buffer, what: string): string | undefined {
    const socket = this.openPacketSocket();
    if (typeof socket === 'string') return socket;
    const errno = socket.send(device, frame);
    if (errno === undefined) {
      this.tell(device, what);
      return undefined;
    }
    socket.close();
    this.packetSocket = undefined;
    return `sendto: ${errno}`;
  }

  private advertise(device: EthernetDevice, address: string): string | undefined {
    const advertiser = this.openAdvertiser(device);
    if (typeof advertiser === 'string') return advertiser;
    const errno = advertiser.send(device, address);
    if (errno === undefined) {
      this.tell(device, `advertisement ${address}`);
      return undefined;
    }
    advertiser.close();
    this.advertisers.delete(device.name);
    return `sendto: ${errno}`;
  }

  private tell(device: EthernetDevice, what: string): void {
    this.options.onLine?.(`${device.name}: ${what} at ${device.mac}`);
  }

  private openPacketSocket(): PacketSocket | string {
    try {
      this.packetSocket ??= new PacketSocket();
      return this.packetSocket;
    } catch (error) {
      return errorText(error);
    }
  }

  /** A device that was made anew has another number: its old socket sends into the void. */
  private openAdvertiser(device: EthernetDevice): AdvertisementSocket | string {
    const known = this.advertisers.get(device.name);
    if (known?.deviceIndex === device.index) return known;
    known?.close();
    this.advertisers.delete(device.name);
    const opened = AdvertisementSocket.open(device);
    if (typeof opened !== 'string') this.advertisers.set(device.name, opened);
    return opened;
  }
}
