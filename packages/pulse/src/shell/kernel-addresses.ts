import { type HeldAddress, readHeldFile, type VirtualAddress, writeHeldFile } from '@piranha/addresses';
import { errorText, monotonicNowMs, UserError } from '@piranha/common';
import { MAIN_GROUP } from '@piranha/config';
import type { InterfaceAddress, NetworkLink, RouteNetlink } from '@piranha/net';
import { type AddressFinding, planAddresses, presentHeld } from '../core/address-plan.js';
import { unknownLeftovers } from '../core/unknown-leftovers.js';
import { type ExecutedOperation, executeOperations, hasFailed, recordAfter } from './execute-plan.js';

const RETRY_MS = 100;
/** A device may be plugged in later; a link event makes the caller ask earlier. */
const DEVICE_RETRY_MS = 1_000;
/** Two programs that both want an address their way must not fight at the speed of the kernel. */
const RESTORE_SPACING_MS = 20;
/** A problem is told only when it lasts. */
const TELL_AFTER_ATTEMPTS = 10;

/** What is needed of rtnetlink. */
export type RouteTable = Pick<RouteNetlink, 'links' | 'addresses' | 'change' | 'close'>;

/** Where the record is, and who is told. */
export interface KernelAddressesOptions {
  /** File of the addresses that we added, in the run directory. */
  readonly heldFile: string;
  readonly route: RouteTable;
  /** Something fails for at least a second, once for each problem; or the record cannot be read or written. */
  onProblem(problem: string): void;
  /** Something new about an address; told again only after it was gone. */
  onFinding(finding: AddressFinding): void;
}

interface Attempt {
  /** Undefined when everything that can be held now is held. */
  readonly problem: string | undefined;
  /** The addresses that the kernel refused to change; undefined when it could not be asked. */
  readonly failed: readonly string[] | undefined;
  /** Undefined when the kernel could not be asked. */
  readonly findings: readonly AddressFinding[] | undefined;
}

interface Waiter {
  readonly version: number;
  readonly group: string;
  /** Addresses that this change is about. */
  readonly concerns: ReadonlySet<string>;
  readonly resolve: (reached: boolean) => void;
}

/**
 * VIPs on real interfaces. What we add is recorded before it is added, so that a successor of a killed process knows
 * what to remove; what the record does not name is never removed.
 */
export class KernelAddresses {
  /** Of each group of addresses that move together; one, mostly. */
  private readonly wantedBy = new Map<string, readonly VirtualAddress[]>();
  private readonly versions = new Map<string, number>();
  private version = 0;
  private attempts = 0;
  private waiters: Waiter[] = [];
  private record: readonly HeldAddress[];
  /** The file does not say what `record` says. */
  private isFileStale: boolean;
  private recordError = '';
  private heldNow: readonly string[] = [];
  private toldFindings: ReadonlySet<string> = new Set();
  private lastProblem = '';
  private lastAttemptMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly options: KernelAddressesOptions) {
    const { held, problem } = readHeldFile(options.heldFile);
    this.record = held;
    this.isFileStale = problem !== undefined;
    if (problem !== undefined) options.onProblem(`${problem}; ${this.unknownLeftovers()}`);
  }

  /**
   * Makes the held set of a group equal to `addresses`, before it returns if nothing fails. Resolves true when everything
   * that can be held is held (an address whose device is missing is reported and tried again each second), false when a
   * later call for the same group took over. Every other failure is retried for as long as it lasts, and keeps no other
   * group waiting.
   */
  hold(addresses: readonly VirtualAddress[], group: string = MAIN_GROUP): Promise<boolean> {
    return this.holdGroups(new Map([[group, addresses]])).get(group) ?? Promise.resolve(false);
  }

  /** As `hold`, for several groups in one go: an address that goes from one to another is never away. Answers for each. */
  holdGroups(groups: ReadonlyMap<string, readonly VirtualAddress[]>): ReadonlyMap<string, Promise<boolean>> {
    this.attempts = 0;
    const results = [...groups].map(([group, addresses]) => {
      const before = this.wantedBy.get(group) ?? [];
      this.wantedBy.set(group, addresses);
      this.version += 1;
      const { version } = this;
      this.versions.set(group, version);
      // What an earlier call of the group could not do yet is still to be done.
      const unfinished = this.waiters.filter((waiter) => waiter.group === group);
      const concerns = new Set([
        ...unfinished.flatMap((waiter) => [...waiter.concerns]),
        ...[...before, ...addresses].map(({ address }) => address),
      ]);
      const reached = new Promise<boolean>((resolve) => {
        this.waiters.push({ version, group, concerns, resolve });
      });
      return [group, reached] as const;
    });
    this.reconcile();
    return new Map(results);
  }

  private get wanted(): readonly VirtualAddress[] {
    return [...this.wantedBy.values()].flat();
  }

  /** The wanted addresses that this machine has, as of the last look. */
  held(): readonly string[] {
    return this.heldNow;
  }

  /**
   * Addresses of the record that the kernel still has: at the start, what a killed process left. `hold` of other
   * addresses removes them.
   * @throws UserError `ADDRESS_FAILED`
   */
  leftovers(): readonly HeldAddress[] {
    const { route } = this.options;
    const situation = { held: this.record, links: route.links(), addresses: route.addresses() };
    return presentHeld(situation).map(({ address }) => address);
  }

  /** Looks again and puts back what is gone. For link events: IPv6 addresses vanish when a link goes down. */
  restore(): void {
    if (this.version === 0 || this.isClosed) return;
    const earliestMs = this.lastAttemptMs + RESTORE_SPACING_MS;
    const waitMs = earliestMs - monotonicNowMs();
    if (waitMs <= 0) this.reconcile();
    else this.retryIn(waitMs);
  }

  /** Stops; the addresses stay. To put them down, `hold([])` first. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.options.route.close();
    for (const waiter of this.waiters.splice(0)) waiter.resolve(false);
  }

  private reconcile(): void {
    if (this.isClosed) return;
    clearTimeout(this.timer);
    this.lastAttemptMs = monotonicNowMs();
    const { version } = this;
    const { problem, failed, findings } = this.attempt();
    this.attempts += 1;
    if (findings !== undefined) this.tellFindings(findings);
    this.tellProblem(problem);
    // A callback may have asked for something else.
    if (version !== this.version || this.isClosed) return;
    if (problem !== undefined) this.retryIn(RETRY_MS);
    else {
      this.attempts = 0;
      if (findings?.some(({ type }) => type === 'device-missing')) this.retryIn(DEVICE_RETRY_MS);
    }
    if (failed !== undefined) this.answerWaiters(failed);
  }

  /** Who waits for nothing that failed is done. */
  private answerWaiters(failed: readonly string[]): void {
    const isDone = (waiter: Waiter): boolean => !failed.some((address) => this.concerns(waiter, address));
    const done = this.waiters.filter(isDone);
    this.waiters = this.waiters.filter((waiter) => !done.includes(waiter));
    for (const { group, version, resolve } of done) resolve(version === this.versions.get(group));
  }

  /** What belongs to no group any more is the main one's to remove. */
  private concerns({ group, concerns }: Waiter, address: string): boolean {
    if (concerns.has(address)) return true;
    const others = [...this.wantedBy].filter(([name]) => name !== group);
    return group === MAIN_GROUP && !others.some(([, list]) => list.some((one) => one.address === address));
  }

  private retryIn(waitMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reconcile(), waitMs);
  }

  private attempt(): Attempt {
    const { route } = this.options;
    try {
      const links = route.links();
      const addresses = route.addresses();
      const plan = planAddresses({ wanted: this.wanted, links, addresses, held: this.record });
      this.writeRecord(plan.recordBefore);
      const executed = executeOperations(route, plan.operations);
      this.writeRecord(recordAfter(plan.recordBefore, executed));
      this.heldNow = heldOf(this.wanted, links, addresses, executed);
      const failed = executed.filter(hasFailed).map(({ operation }) => operation.address.address);
      return { problem: firstProblem(executed), failed, findings: plan.findings };
    } catch (error) {
      return { problem: problemText(error), failed: undefined, findings: undefined };
    }
  }

  /** A record that cannot be written must not stop a failover: it is told, and kept in memory. */
  private writeRecord(record: readonly HeldAddress[]): void {
    const isSame = JSON.stringify(record) === JSON.stringify(this.record);
    this.record = record;
    if (isSame && !this.isFileStale) return;
    const error = writeHeldFile(this.options.heldFile, record);
    const text = error === undefined ? '' : `${this.options.heldFile}: ${error.message}`;
    this.isFileStale = error !== undefined;
    if (text !== '' && text !== this.recordError) this.options.onProblem(text);
    this.recordError = text;
  }

  private tellFindings(findings: readonly AddressFinding[]): void {
    const told = this.toldFindings;
    this.toldFindings = new Set(findings.map((finding) => JSON.stringify(finding)));
    for (const finding of findings) {
      if (!told.has(JSON.stringify(finding))) this.options.onFinding(finding);
    }
  }

  private tellProblem(problem: string | undefined): void {
    if (problem === undefined) this.lastProblem = '';
    else if (this.attempts >= TELL_AFTER_ATTEMPTS && problem !== this.lastProblem) {
      this.lastProblem = problem;
      this.options.onProblem(problem);
    }
  }

  private unknownLeftovers(): string {
    try {
      return unknownLeftovers(this.options.route.links(), this.options.route.addresses());
    } catch (error) {
      return problemText(error);
    }
  }
}

function problemText(error: unknown): string {
  const hint = error instanceof UserError ? error.hint : undefined;
  return hint === undefined ? errorText(error) : `${errorText(error)}: ${hint}`;
}

function firstProblem(executed: readonly ExecutedOperation[]): string | undefined {
  for (const { result } of executed) if (result.outcome === 'failed') return problemText(result.error);
  return undefined;
}

/** Wanted addresses that were there on their device, and those that could be added. */
function heldOf(
  wanted: readonly VirtualAddress[],
  links: readonly NetworkLink[],
  addresses: readonly InterfaceAddress[],
  executed: readonly ExecutedOperation[],
): readonly string[] {
  const added = executed
    .filter((entry) => entry.operation.type === 'add' && !hasFailed(entry))
    .map(({ operation }) => operation.address.address);
  return wanted.flatMap(({ address, interface: name }) => {
    const ifindex = links.find((link) => link.name === name)?.index;
    const isThere = addresses.some((present) => present.index === ifindex && present.address === address);
    return isThere || added.includes(address) ? [address] : [];
  });
}
