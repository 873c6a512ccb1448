import type { LvsConfiguration } from '@piranha/config';
import type { SyncStatus } from '@piranha/protocol';
import type { NeighbourTable } from './neighbour-keeper.js';
import type { SupervisedDaemon } from './supervised-daemon.js';

/** What stands behind this node's addresses: the kernel, or the userspace director. */
export interface Backend {
  /** Processes beside lvsd that pulse watches for it. */
  readonly children: readonly SupervisedDaemon[];
  /** The neighbour table that heartbeats go by; undefined where it is not this node's to change. */
  readonly neighbours: NeighbourTable | undefined;
  /** Starts what it needs; returns at once. */
  start(): void;
  /** The addresses that an earlier pulse left held. */
  leftovers(): Promise<readonly string[]>;
  /** This process goes on with these groups: until each is taken or put down, its addresses stay where they are. */
  expect(groups: Iterable<string>): void;
  /** Makes this node a warm standby. */
  standBy(reason: string): Promise<void>;
  /** Holds a group's addresses; true when that was reached, false when a later call took over. */
  take(reason: string, group: string): Promise<boolean>;
  /** Puts a group's addresses down; answers as take. */
  drop(reason: string, group: string): Promise<boolean>;
  /** Tells the network where a group's addresses are. */
  announce(group: string): void;
  /** Takes another configuration; the addresses of the groups that this node holds follow at once. */
  change(configuration: LvsConfiguration, held: ReadonlySet<string>): void;
  /**
   * What is known of the connections that would survive; undefined where nothing is.
   * @param heardSeconds how long the partner has been heard without a break; undefined while it is silent
   */
  syncStatus(heardSeconds: number | undefined): Promise<SyncStatus | undefined>;
  /** How long this node has learned the partner's connections, where it has to; undefined where it has not. */
  syncListening(): { readonly seconds: number | undefined } | undefined;
  /** The end of this pulse, but addresses stay for whoever serves next; undefined where they cannot. */
  readonly leave: (() => Promise<void>) | undefined;
  /** The end of this pulse: nothing of it is left. `partnerServes`: it took over, and hears our last words. */
  stop(partnerServes: boolean): Promise<void>;
}
