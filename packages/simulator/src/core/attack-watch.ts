import type { Attack, Packet } from './network.js';
import type { World } from './world.js';

/**
 * Holds a node to it that a recording of what it said or read before, and a packet that nobody with the key made, change
 * nothing. A packet that it never read is none of them: to keep one back and let it go later is another attack.
 */
export class AttackWatch {
  private readonly known = new WeakSet<object>();

  constructor(
    private readonly world: Pick<World, 'hasKey' | 'broken'>,
    private readonly node: string,
  ) {}

  /** The node says or reads a packet. */
  knows(packet: Packet): void {
    if (typeof packet !== 'string') this.known.add(packet);
  }

  /**
   * Lets a process read a packet.
   * @param state what the process knows, and what of that it does, as things that are replaced when they change
   */
  read(
    who: string,
    packet: Packet,
    attack: Attack | undefined,
    state: () => readonly unknown[],
    work: () => void,
  ): void {
    if (attack === undefined) {
      work();
      this.knows(packet);
      return;
    }
    const before = this.mustChangeNothing(attack) ? state() : undefined;
    work();
    if (before === undefined) return;
    const after = state();
    const isSame = before.length === after.length && before.every((one, index) => one === after[index]);
    if (isSame) return;
    const what = attack.isForged ? 'forged' : 'replayed';
    this.world.broken(
      'what is replayed or forged changes nothing',
      `${who} of the ${this.node}: a ${what} packet`,
    );
  }

  private mustChangeNothing({ recorded, isForged }: Attack): boolean {
    if (!this.world.hasKey || typeof recorded === 'string') return false;
    return isForged || this.known.has(recorded);
  }
}
