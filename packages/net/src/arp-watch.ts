import { type ArpPacket, ETHERTYPE_ARP, parseArp } from './core/arp-frame.js';
import { type FilterInstruction, type FrameWatch, watchFrames } from './frame-watch.js';

const LOAD_HALF = 0x28;
const JUMP_EQUAL = 0x15;
const RETURN = 0x06;
const WHOLE_FRAME = 0xffff;
const REPLY = 2;

/** Answers alone: the questions of a large network would wake the process all the time. */
const REPLIES: readonly FilterInstruction[] = [
  [LOAD_HALF, 0, 0, 20],
  [JUMP_EQUAL, 0, 1, REPLY],
  [RETURN, 0, 0, WHOLE_FRAME],
  [RETURN, 0, 0, 0],
];

function watch(
  interfaceName: string,
  filter: readonly FilterInstruction[] | undefined,
  onArp: (packet: ArpPacket) => void,
  onError: (error: Error) => void,
): FrameWatch {
  return watchFrames({
    interfaceName,
    etherType: ETHERTYPE_ARP,
    ...(filter === undefined ? {} : { filter }),
    onFrame: (frame) => {
      const packet = parseArp(frame);
      if (packet !== undefined) onArp(packet);
    },
    onError,
  });
}

/** Hears the ARP packets that arrive on an interface, so that another holder of an address is noticed; as watchFrames. */
export function watchArp(
  interfaceName: string,
  onArp: (packet: ArpPacket) => void,
  onError: (error: Error) => void,
): FrameWatch {
  return watch(interfaceName, undefined, onArp, onError);
}

/** Hears only the ARP replies that arrive on an interface; as watchFrames. */
export function watchArpReplies(
  interfaceName: string,
  onReply: (packet: ArpPacket) => void,
  onError: (error: Error) => void,
): FrameWatch {
  return watch(interfaceName, REPLIES, onReply, onError);
}
