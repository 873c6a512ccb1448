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

/** Hears of others that hold this pair's addresses, and asks for them while this node does not. */
export class HolderWatch {
  private watches: FrameWatch[] = [];
  private answeredAtMs = Number.NEGATIVE_INFINITY;
  /** An answer that waits for its time: who was heard last may have stopped since, and we are not believed. */
  private waiting: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: {
      /** Another holder was heard; at most once a second, the last of a second too. */
      readonly onOther: (other: OtherHolder) => void;
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
    clearTimeout(this.waiting);
    this.waiting = undefined;
    for (const watch of this.watches.splice(0)) watch.close();
  }

  /** A packet from the wire that says our address is its sender's; what we send ourselves is not heard. */
  private heard(ours: ReadonlySet<string>, name: string, { senderAddress, senderMac }: ArpPacket): void {
    if (!ours.has(senderAddress)) return;
    if (this.waiting !== undefined) return;
    const other = { address: senderAddress, mac: senderMac, interface: name };
    const waitMs = this.answeredAtMs + ANSWER_SPACING_MS - monotonicNowMs();
    if (waitMs <= 0) this.answer(other);
    else this.waiting = setTimeout(() => this.answer(other), waitMs).unref();
  }

  private answer(other: OtherHolder): void {
    this.waiting = undefined;
    this.answeredAtMs = monotonicNowMs();
    this.options.onOther(other);
  }
}
