import type { VirtualAddress } from '@piranha/addresses';
import { errorText, monotonicNowMs } from '@piranha/common';
import { type ArpPacket, type FrameWatch, watchArp } from '@piranha/net';
import { ANSWER_SPACING_MS } from '../core/process-times.js';

/** Who was heard to hold one of this pair's addresses. */
export interface OtherHolder {
  readonly address: string;
  readonly mac: string;
  /** Interface on which it was heard. */
  readonly interface: string;
}

/** When holders of one group's addresses were told. */
interface Told {
  atMs: number;
  /** An answer that waits for its time: who was heard last may have stopped since, and we are not believed. */
  waiting: NodeJS.Timeout | undefined;
}

/** Hears of others that hold this pair's addresses, and asks for them while this node does not. */
export class HolderWatch {
  private watches: FrameWatch[] = [];
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly options: {
      /** Another holder was heard; at most once a second for each group, the last of a second too. */
      readonly onOther: (other: OtherHolder) => void;
      /** Whose answer is one for all its addresses. */
      readonly groupOf: (address: string) => string;
      readonly onProblem: (problem: string) => void;
    },
  ) {}

  /** Watches the interfaces of these addresses; an empty list ends the watch. */
  watch(addresses: readonly VirtualAddress[]): void {
    this.close();
    const watched = addresses.filter(({ family }) => family === 4);
    const ours = new Set(watched.map(({ address }) => address));
    for (const name of new Set(watched.map((address) => address.interface))) {
      try {
        const heard = (packet: ArpPacket): void => this.heard(ours, name, packet);
        this.watches.push(watchArp(name, heard, () => undefined));
      } catch (error) {
        this.options.onProblem(errorText(error));
      }
    }
  }

  close(): void {
    for (const told of this.told.values()) {
      clearTimeout(told.waiting);
      told.waiting = undefined;
    }
    for (const watch of this.watches.splice(0)) watch.close();
  }

  /** A packet from the wire that says our address is its sender's; what we send ourselves is not heard. */
  private heard(ours: ReadonlySet<string>, name: string, { senderAddress, senderMac }: ArpPacket): void {
    if (!ours.has(senderAddress)) return;
    const group = this.options.groupOf(senderAddress);
    const told = this.told.get(group) ?? { atMs: Number.NEGATIVE_INFINITY, waiting: undefined };
    this.told.set(group, told);
    if (told.waiting !== undefined) return;
    const other = { address: senderAddress, mac: senderMac, interface: name };
    const waitMs = told.atMs + ANSWER_SPACING_MS - monotonicNowMs();
    if (waitMs <= 0) this.answer(told, other);
    else told.waiting = setTimeout(() => this.answer(told, other), waitMs).unref();
  }

  private answer(told: Told, other: OtherHolder): void {
    told.waiting = undefined;
    told.atMs = monotonicNowMs();
    this.options.onOther(other);
  }
}
