import { type VirtualAddress, virtualAddressesOf } from '@piranha/addresses';
import { groupsOf, type LvsConfiguration, MAIN_GROUP, partOfGroup } from '@piranha/config';
import type { Takeover } from '../takeover/takeover.js';
import type { Announcements } from './announcements.js';
import type { KernelAddresses } from './kernel-addresses.js';

/** A group whose addresses fail holds up what is done for the others no longer than this, ms. */
const HOLD_WAIT_MS = 200;

/** What the groups of a node share. */
export interface KernelGroupsNeeds {
  readonly addresses: Pick<KernelAddresses, 'holdGroups' | 'held'>;
  readonly takeover: () => Pick<Takeover, 'take' | 'takeMore' | 'release'>;
  readonly announcements: (group: string) => Pick<Announcements, 'announce' | 'stopRepeats'>;
}

interface Turn {
  readonly holds: boolean;
  readonly resolve: (reached: boolean) => void;
}

/**
 * The groups of addresses of the kernel's director. Around them stands one takeover, which serves while any of them is
 * here: sync daemon, sysctls and reset guard are the node's. With one group everything is that one's.
 */
export class KernelGroups {
  private readonly held = new Set<string>();
  private readonly turns = new Map<string, Turn>();
  private known: ReadonlyMap<string, readonly VirtualAddress[]>;

  constructor(
    private readonly needs: KernelGroupsNeeds,
    configuration: LvsConfiguration,
  ) {
    this.known = addressesByGroup(configuration);
  }

  /** Every address that moves, held or not. */
  get all(): readonly VirtualAddress[] {
    return [...this.known.values()].flat();
  }

  of(group: string): readonly VirtualAddress[] {
    return this.known.get(group) ?? [];
  }

  /** The group that an address belongs to. */
  ownerOf(address: string): string {
    const found = [...this.known].find(([, list]) => list.some((one) => one.address === address));
    return found?.[0] ?? MAIN_GROUP;
  }

  /** What is to be announced against another holder of this address: what of its group is here, if that one is. */
  defended(address: string): readonly VirtualAddress[] {
    const here = this.needs.addresses.held();
    return here.includes(address)
      ? this.of(this.ownerOf(address)).filter((one) => here.includes(one.address))
      : [];
  }

  private get isOne(): boolean {
    return this.known.size === 1;
  }

  /** These addresses were found held: those of their groups stay until somebody puts them down. */
  found(addresses: readonly string[]): void {
    if (this.isOne) return;
    for (const address of addresses) this.held.add(this.ownerOf(address));
  }

  /** This process goes on with these groups: what moves others leaves their addresses where they are. */
  expect(groups: Iterable<string>): void {
    for (const group of groups) this.held.add(group);
  }

  /** Holds a group's addresses; true when that was reached, false when a later call took over. */
  take(reason: string, group: string): Promise<boolean> {
    this.held.add(group);
    if (this.isOne) return this.needs.takeover().take(reason);
    const reached = this.turn(group, true);
    void this.needs.takeover().takeMore(reason);
    return reached;
  }

  /** Puts a group's addresses down; answers as take. */
  drop(reason: string, group: string): Promise<boolean> {
    this.held.delete(group);
    this.needs.announcements(group).stopRepeats();
    if (this.isOne) return this.needs.takeover().release(reason);
    const reached = this.turn(group, false);
    if (this.held.size === 0) void this.needs.takeover().release(reason);
    // A takeover that holds nothing has no step for it.
    void this.moveAll();
    return reached;
  }

  /** A step of the takeover: every group is held or put down, as it is wanted. False when a later call took over. */
  async reconcile(): Promise<boolean> {
    if (this.isOne) return this.moveAll();
    await Promise.race([this.moveAll(), new Promise((resolve) => setTimeout(resolve, HOLD_WAIT_MS))]);
    return true;
  }

  /** A step of the takeover: the network learns of the addresses; with several groups it has, of each as it came. */
  announce(): void {
    if (this.isOne) this.needs.announcements(MAIN_GROUP).announce(this.wanted(MAIN_GROUP));
  }

  /** The end: nothing is held any more. */
  forgetAll(): void {
    this.held.clear();
  }

  /** Takes other groups; what this node holds of them follows at once. */
  change(configuration: LvsConfiguration, held: ReadonlySet<string>): void {
    const before = [...this.known.keys()];
    this.known = addressesByGroup(configuration);
    const gone = before.filter((group) => !this.known.has(group));
    for (const group of gone) this.needs.announcements(group).stopRepeats();
    const isChanged = held.size > 0 || this.held.size > 0;
    this.held.clear();
    for (const group of held) this.held.add(group);
    if (!isChanged) return;
    // Whoever waits for a group goes on waiting for the new addresses.
    void this.moveAll(gone, (group) => this.needs.announcements(group).announce(this.of(group)));
  }

  private wanted(group: string): readonly VirtualAddress[] {
    return this.held.has(group) ? this.of(group) : [];
  }

  /** Whoever waited for the group before is told that something else is wanted. */
  private turn(group: string, holds: boolean): Promise<boolean> {
    this.turns.get(group)?.resolve(false);
    return new Promise((resolve) => this.turns.set(group, { holds, resolve }));
  }

  /**
   * Everything that is wanted, in one go: what nobody says is wanted would be taken away.
   * @param gone groups that lvs.cf does not have any more
   * @param onHeld what is to be done once a group is held
   */
  private async moveAll(
    gone: readonly string[] = [],
    onHeld: (group: string) => void = () => undefined,
  ): Promise<boolean> {
    const groups = new Set([...gone, ...this.known.keys()]);
    const wanted = new Map([...groups].map((group) => [group, this.wanted(group)] as const));
    const results = this.needs.addresses.holdGroups(wanted);
    const moves = [...results].map(async ([group, result]) => {
      const holds = this.held.has(group);
      const reached = await result;
      if (!reached) return false;
      if (holds) onHeld(group);
      this.settle(group, holds);
      return true;
    });
    return !(await Promise.all(moves)).includes(false);
  }

  private settle(group: string, holds: boolean): void {
    const turn = this.turns.get(group);
    if (turn?.holds !== holds) return;
    this.turns.delete(group);
    if (holds) this.needs.announcements(group).announce(this.of(group));
    turn.resolve(true);
  }
}

function addressesByGroup(configuration: LvsConfiguration): ReadonlyMap<string, readonly VirtualAddress[]> {
  return new Map(
    groupsOf(configuration).map(({ name }) => [name, virtualAddressesOf(partOfGroup(configuration, name))]),
  );
}
