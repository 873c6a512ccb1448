import { errorText, monotonicNowMs } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { canonicalAddress, type NeighbourNetlink } from '@piranha/net';
import {
  type Confirmation,
  isLookDue,
  LOOK_HEARD_MS,
  lookAtNeighbours,
  NO_NEIGHBOURS,
  patienceMs,
  type WatchedAddress,
} from '../core/kept-neighbours.js';
import type { PulseSettings } from '../core/types.js';

/** How often it is asked whether the table is to be read, ms: within half a deadtime somebody waits for our beats. */
const ASK_MS = 250;
/** More different problems than this have nothing new to say. */
const TOLD_LIMIT = 10;

/** The kernel's neighbour table. */
export type NeighbourTable = Pick<NeighbourNetlink, 'entriesOf' | 'confirm'>;

/** A heartbeat path, as far as its other end is concerned. */
interface KeptPath {
  readonly name: string;
  readonly director?: string;
  readonly partner: string;
}

/** When an address was heard, monotonic ms: last, and first after a long silence. */
interface HeardTimes {
  lastMs: number;
  sinceMs: number;
}

interface KeeperNeeds {
  readonly log: Pick<EventLog, 'log'>;
  /** Undefined where the kernel's table is not this process's business. */
  readonly table: NeighbourTable | undefined;
  readonly paths: () => readonly KeptPath[];
  /** What the state machine works with. */
  readonly settings: () => Pick<PulseSettings, 'deadtimeMs' | 'adaptiveMs'>;
}

/**
 * Keeps the neighbour entries of silent partners usable: who cannot be heard answers no ARP either, and without an entry
 * nothing of ours would reach it, neither our beats nor the request to release the addresses. A guardian that stands in does without
 * this: pulse is back within seconds, and an entry lasts for longer after each confirmation.
 */
export class NeighbourKeeper {
  private memory = NO_NEIGHBOURS;
  /** By address of a path. */
  private readonly times = new Map<string, HeardTimes>();
  private readonly startedMs = monotonicNowMs();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private lookAgain = false;
  private readonly told = new Set<string>();

  constructor(private readonly needs: KeeperNeeds) {}

  start(): void {
    if (this.needs.table === undefined) return;
    this.timer = setInterval(() => {
      if (isLookDue(this.memory, this.watched(), patienceMs(this.needs.settings()), monotonicNowMs()))
        this.look();
    }, ASK_MS);
    this.timer.unref();
    // What the pulse before this one kept is known from the beginning.
    this.look();
  }

  /** Something proven came from this address of a partner. */
  heard(address: string): void {
    const nowMs = monotonicNowMs();
    const times = this.times.get(address);
    if (times === undefined) this.times.set(address, { sinceMs: nowMs, lastMs: nowMs });
    else {
      if (nowMs - times.lastMs > LOOK_HEARD_MS) times.sinceMs = nowMs;
      times.lastMs = nowMs;
    }
  }

  /** Reads the table now, whenever it was read last; returns at once. */
  look(): void {
    const { table } = this.needs;
    if (this.timer === undefined || table === undefined) return;
    this.lookAgain = this.looking;
    if (!this.looking) void this.lookAt(table);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async lookAt(table: NeighbourTable): Promise<void> {
    this.looking = true;
    try {
      const addresses = this.watched().map(({ address }) => address);
      await this.keep(table, await table.entriesOf(addresses));
    } catch (error) {
      this.tellProblem(errorText(error));
    }
    this.looking = false;
    if (this.lookAgain) this.look();
  }

  private async keep(
    table: NeighbourTable,
    entries: Awaited<ReturnType<NeighbourTable['entriesOf']>>,
  ): Promise<void> {
    const limitMs = patienceMs(this.needs.settings());
    const { memory, confirmations } = lookAtNeighbours(
      this.memory,
      this.watched(),
      entries,
      limitMs,
      monotonicNowMs(),
    );
    this.memory = memory;
    for (const confirmation of confirmations) {
      // The others may do all the same.
      const problem = await table.confirm(confirmation).then(() => undefined, errorText);
      if (problem !== undefined) this.tellProblem(problem);
      else if (confirmation.isFirst) this.tellKept(confirmation);
    }
  }

  /** Each address once, whatever number of paths lead to it. */
  private watched(): readonly WatchedAddress[] {
    const watched = this.needs.paths().map(({ partner }) => {
      const { lastMs = this.startedMs, sinceMs = Number.NEGATIVE_INFINITY } = this.times.get(partner) ?? {};
      return { address: spelled(partner), silentSinceMs: lastMs, heardSinceMs: sinceMs };
    });
    return [...new Map(watched.map((one) => [one.address, one])).values()];
  }

  private tellKept({ address, linkAddress, silentMs }: Confirmation): void {
    const path = this.needs.paths().find(({ partner }) => spelled(partner) === address);
    this.needs.log.log('PULSE_NEIGHBOUR_KEPT', {
      path: path?.name ?? '',
      ...(path?.director === undefined ? {} : { director: path.director }),
      address,
      mac: linkAddress,
      silentMs: Math.round(silentMs),
    });
  }

  /** What goes wrong once a second is told once. */
  private tellProblem(problem: string): void {
    if (this.told.has(problem) || this.told.size >= TOLD_LIMIT || this.timer === undefined) return;
    this.told.add(problem);
    this.needs.log.log('PULSE_NEIGHBOUR_PROBLEM', { problem });
  }
}

/** An address as the table has it: in one spelling, and the zone of a link-local one left out. */
function spelled(address: string): string {
  const [plain = address] = address.split('%');
  return canonicalAddress(plain) ?? plain;
}
