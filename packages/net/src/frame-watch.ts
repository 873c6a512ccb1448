import { UserError } from '@piranha/common';
import { lookUpDevice } from './ethernet-device.js';
import { libc } from './libc.js';
import { linkLayerName, openPacketSocket, packetSocketFailed } from './packet-socket.js';
import { receiveRaw } from './raw-receiver.js';

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const INSTRUCTION_BYTES = 8;
const PROGRAM_HEADER_BYTES = 16;

/** One instruction of the kernel's classic packet filter: code, jump if true, jump if false, constant. */
export type FilterInstruction = readonly [code: number, whenTrue: number, whenFalse: number, value: number];

/** A running watch. */
export interface FrameWatch {
  /** Ends it; a second call does nothing. */
  close(): void;
}

export interface FrameWatchOptions {
  /** `eth0:1` stands for eth0. */
  readonly interfaceName: string;
  readonly etherType: number;
  /** Frames that it refuses never reach this process. */
  readonly filter?: readonly FilterInstruction[];
  readonly onFrame: (frame: Buffer) => void;
  readonly onError: (error: Error) => void;
}

/**
 * Hears the frames of one kind that arrive on an interface; what this machine sends itself is not heard. Receive errors
 * go to `onError`: ENETDOWN while the device is down, after which the watch goes on by itself, and once when the device
 * is removed, after which it stays silent.
 * @throws UserError `ARP_DEVICE` for an interface that is missing or has no ARP, `PACKET_SOCKET_DENIED` without
 * CAP_NET_RAW, `PACKET_SOCKET_FAILED`
 */
export function watchFrames({
  interfaceName,
  etherType,
  filter,
  onFrame,
  onError,
}: FrameWatchOptions): FrameWatch {
  const fd = openPacketSocket();
  try {
    if (filter !== undefined) attachFilter(fd, filter);
    bindTo(fd, interfaceName, etherType);
  } catch (error) {
    libc().close(fd);
    throw error;
  }
  const receiver = receiveRaw(fd, onFrame, onError);
  let isOpen = true;
  return {
    close: () => {
      if (isOpen) receiver.close();
      isOpen = false;
    },
  };
}

function bindTo(fd: number, interfaceName: string, etherType: number): void {
  const found = lookUpDevice(fd, interfaceName);
  if (found.kind !== 'ethernet') {
    const reason = found.kind === 'missing' ? found.reason : 'no ARP on this device';
    throw new UserError(`${interfaceName}: ${reason}`, {
      code: 'ARP_DEVICE',
      hint: 'ip link lists the devices',
    });
  }
  const name = linkLayerName(found.device.index, etherType);
  if (libc().bind(fd, name, name.length) < 0) throw packetSocketFailed('bind');
}

function attachFilter(fd: number, filter: readonly FilterInstruction[]): void {
  // The program (length, pointer) and its instructions in one buffer, which the call itself keeps alive.
  const program = Buffer.alloc(PROGRAM_HEADER_BYTES + filter.length * INSTRUCTION_BYTES);
  program.writeUInt16LE(filter.length, 0);
  program.writeBigUInt64LE(libc().addressOf(program) + BigInt(PROGRAM_HEADER_BYTES), 8);
  for (const [index, [code, whenTrue, whenFalse, value]] of filter.entries()) {
    const at = PROGRAM_HEADER_BYTES + index * INSTRUCTION_BYTES;
    program.writeUInt16LE(code, at);
    program.writeUInt8(whenTrue, at + 2);
    program.writeUInt8(whenFalse, at + 3);
    program.writeUInt32LE(value, at + 4);
  }
  if (libc().setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, PROGRAM_HEADER_BYTES) < 0) {
    throw packetSocketFailed('setsockopt');
  }
}
