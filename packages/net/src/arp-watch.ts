import { type ArpPacket, ETHERTYPE_ARP, parseArp } from './core/arp-frame.js';
import { type FrameWatch, watchFrames } from './frame-watch.js';

/** Hears the ARP packets that arrive on an interface, so that another holder of an address is noticed; as watchFrames. */
export function watchArp(
  interfaceName: string,
  onArp: (packet: ArpPacket) => void,
  onError: (error: Error) => void,
): FrameWatch {
  return watchFrames({
    interfaceName,
    etherType: ETHERTYPE_ARP,
    onFrame: (frame) => {
      const packet = parseArp(frame);
      if (packet !== undefined) onArp(packet);
    },
    onError,
  });
}
