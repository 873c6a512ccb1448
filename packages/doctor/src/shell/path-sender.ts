import { UserError } from '@piranha/common';
import { ipInIpPacket, PacketSocket, RawIpSocket, type TcpHeader, tcpFrame, tcpPacket } from '@piranha/net';
import type { Path } from '../core/paths.js';

/** Sends beginnings of connections the way a director forwards: to a neighbour's MAC, or within a packet to the server. */
export class PathSender {
  private readonly frames = new PacketSocket();
  private packets: RawIpSocket | undefined;

  /** @param device by which everything goes */
  constructor(private readonly device: string) {}

  /** What cannot be sent is lost, like what the network loses. @throws UserError where there is no socket or device */
  send(path: Path, header: TcpHeader, dataBytes: number): void {
    if (path.mac === undefined) {
      this.packets ??= new RawIpSocket();
      const inner = tcpPacket(header, dataBytes);
      this.packets.send(ipInIpPacket(inner, path.sourceAddress, path.serverAddress), path.serverAddress);
      return;
    }
    const found = this.frames.lookUp(this.device);
    if (found.kind !== 'ethernet') {
      throw new UserError(`${this.device}: no frames can be sent here`, {
        code: 'DOCTOR_NO_FRAMES',
        hint: 'real servers behind it were not tried',
      });
    }
    const { device } = found;
    this.frames.send(device, tcpFrame({ ...header, sourceMac: device.mac, targetMac: path.mac }));
  }

  close(): void {
    this.frames.close();
    this.packets?.close();
  }
}
