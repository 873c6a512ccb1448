import type { SimulatedNode } from './simulated-node.js';

/** How the addresses of a pulse move: one after the other. */
export class SimulatedMoves {
  /** Which of the wishes for a group's addresses is the last. */
  private readonly wishes = new Map<string, number>();

  /** @param later runs something of the process after so many ms, unless it ends before */
  constructor(
    private readonly node: Pick<SimulatedNode, 'vipsOf' | 'durations' | 'change'>,
    private readonly later: (waitMs: number, work: () => void) => void,
    private readonly onDone: (done: 'taken' | 'dropped', group: string) => void,
  ) {}

  /** Raises or puts down one address of a group after the other, unless the wish changes meanwhile. */
  begin(done: 'taken' | 'dropped', group: string): void {
    const wish = (this.wishes.get(group) ?? 0) + 1;
    this.wishes.set(group, wish);
    const raises = done === 'taken';
    const vips = this.node.vipsOf(group);
    const { takeMs, dropMs } = this.node.durations;
    const eachMs = (raises ? takeMs : dropMs) / Math.max(1, vips.length);
    const next = (index: number): void => {
      this.later(eachMs, () => {
        if (wish !== this.wishes.get(group)) return;
        const vip = vips[index];
        if (vip !== undefined) this.node.change(vip, raises);
        if (index + 1 < vips.length) next(index + 1);
        else this.onDone(done, group);
      });
    };
    next(0);
  }
}
