import { parseTcp, type TcpSegment } from './core/tcp-frame.js';
import { type FilterInstruction, type FrameWatch, watchFrames } from './frame-watch.js';

const ETHERTYPE_IPV4 = 0x0800;
const LOAD_HALF = 0x28;
const LOAD_BYTE = 0x30;
const JUMP_EQUAL = 0x15;
const RETURN = 0x06;
const WHOLE_FRAME = 0xffff;

/** TCP to one port, of packets without IP options: of a busy director's traffic nothing else reaches the process. */
function toPort(port: number): readonly FilterInstruction[] {
  return [
    [LOAD_BYTE, 0, 0, 23],
    [JUMP_EQUAL, 0, 3, 6],
    [LOAD_HALF, 0, 0, 36],
    [JUMP_EQUAL, 0, 1, port],
    [RETURN, 0, 0, WHOLE_FRAME],
    [RETURN, 0, 0, 0],
  ];
}

/** Hears the TCP segments to a port that arrive on an interface, whether or not the kernel takes them; as watchFrames. */
export function watchTcp(
  interfaceName: string,
  port: number,
  onSegment: (segment: TcpSegment) => void,
  onError: (error: Error) => void,
): FrameWatch {
  return watchFrames({
    interfaceName,
    etherType: ETHERTYPE_IPV4,
    filter: toPort(port),
    onFrame: (frame) => {
      const segment = parseTcp(frame);
      if (segment !== undefined) onSegment(segment);
    },
    onError,
  });
}
