import type { VirtualAddress } from '@piranha/addresses';
import { errorText, monotonicNowMs } from '@piranha/common';
import { type ArpPacket, type FrameWatch, watchArp } from '@piranha/net';

/** One answer to another holder in this time, ms: two that both insist must not flood the network. */
const ANSWER_SPACING_MS = 1_000;

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

  constructor(
    private readonly options: {
      /** Another holder was heard; at most once a second. */
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
    for (const watch of this.watches.splice(0)) watch.close();
  }

  /** A packet from the wire that says our address is its sender's; what we send ourselves is not heard. */
  private heard(ours: ReadonlySet<string>, name: string, { senderAddress, senderMac }: ArpPacket): void {
    if (!ours.has(senderAddress)) return;
    const nowMs = monotonicNowMs();
    if (nowMs - this.answeredAtMs < ANSWER_SPACING_MS) return;
    this.answeredAtMs = nowMs;
    this.options.onOther({ address: senderAddress, mac: senderMac, interface: name });
  }
}
