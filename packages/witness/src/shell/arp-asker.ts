import { type ArpPacket, arpRequest, type FrameWatch, PacketSocket, watchArpReplies } from '@piranha/net';
import type { Asker, Told } from './asker.js';
import type { NeighbourPlace } from './neighbour.js';

/**
 * Asks a neighbour by ARP, all stations at first, then the one that answered. ARP has no numbers: an answer counts for the
 * oldest question that has none, so that a late one is never taken for fresher than it is.
 */
export class ArpAsker implements Asker {
  private readonly socket = new PacketSocket();
  private readonly watch: FrameWatch;
  private holder: string | undefined;
  private oldestMs: number | undefined;

  /** @throws UserError `ARP_DEVICE`, `PACKET_SOCKET_DENIED`, `PACKET_SOCKET_FAILED` */
  constructor(
    private readonly address: string,
    private readonly place: NeighbourPlace,
    private readonly told: Told,
  ) {
    try {
      this.watch = watchArpReplies(
        place.device,
        (reply) => this.onReply(reply),
        () => undefined,
      );
    } catch (error) {
      this.socket.close();
      throw error;
    }
  }

  ask(sentMs: number): void {
    const { device: name, ownAddress } = this.place;
    const found = this.socket.lookUp(name);
    if (found.kind !== 'ethernet') {
      this.told.failed(
        sentMs,
        `${name}: ${found.kind === 'missing' ? found.reason : 'no ARP on this device'}`,
      );
      return;
    }
    const asker = { mac: found.device.mac, address: ownAddress };
    const problem = this.socket.send(found.device, arpRequest(asker, this.address, this.holder));
    if (problem === undefined) this.oldestMs ??= sentMs;
    else this.told.failed(sentMs, `${name}: ${problem}`);
  }

  private onReply({ operation, senderAddress, senderMac, targetAddress }: ArpPacket): void {
    const isAnswer = operation === 2 && targetAddress === this.place.ownAddress;
    if (!isAnswer || senderAddress !== this.address || this.oldestMs === undefined) return;
    const sentMs = this.oldestMs;
    this.oldestMs = undefined;
    this.holder = senderMac;
    this.told.answered(sentMs);
  }

  giveUp(): void {
    // Another station may have taken the address over.
    this.holder = undefined;
  }

  close(): void {
    this.watch.close();
    this.socket.close();
  }
}
