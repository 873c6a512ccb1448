import { type LvsConfiguration, MAIN_GROUP } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { ControlClient, RunDirectory, VipAnswer } from '@piranha/protocol';
import { type GroupPlan, groupPlans, isGrouped } from '../core/vip-groups.js';
import type { Backend } from './backend.js';
import { SupervisedDaemon } from './supervised-daemon.js';
import { UserspaceAddresses } from './userspace-addresses.js';

/** How long a start looks for addresses that an earlier pulse left held, ms. */
const LEFTOVER_LIMIT_MS = 10_000;

export interface UserspaceBackendOptions {
  readonly files: RunDirectory;
  /** Words for ipvsu's command line. */
  readonly args: readonly string[];
  readonly inheritOutput: boolean;
  readonly log: EventLog;
  readonly onBroken: (broken: boolean) => void;
}

/** Addresses served by an ipvsu process, which pulse starts and watches. */
export class UserspaceBackend implements Backend {
  readonly children: readonly SupervisedDaemon[];
  readonly neighbours = undefined;
  /** Its addresses are the sockets of a process that ends. */
  readonly leave = undefined;
  private readonly ipvsu: SupervisedDaemon;
  /** Each group's for itself: one that cannot be served keeps no other waiting. */
  private readonly groups = new Map<string, UserspaceAddresses>();
  private plans: readonly GroupPlan[];
  /** Addresses that each group ever wanted, to be released by it. */
  private readonly wanted = new Map<string, Set<string>>();
  private readonly firstList: Promise<readonly string[]>;
  private readonly onProblem: (problem: string, group: string) => void;
  private onFirstConnection: (client: ControlClient) => void = () => undefined;

  constructor(options: UserspaceBackendOptions, configuration: LvsConfiguration) {
    this.plans = groupPlans(configuration);
    const { files, args, inheritOutput, log, onBroken } = options;
    this.ipvsu = new SupervisedDaemon({
      name: 'ipvsu',
      args,
      inheritOutput,
      log,
      onBroken,
      socketPath: files.ipvsuSocket,
      pidFile: files.ipvsuPid,
      onConnected: (client) => {
        this.onFirstConnection(client);
        for (const addresses of this.groups.values()) addresses.restore();
      },
    });
    this.children = [this.ipvsu];
    this.onProblem = (problem, group) => {
      const named = isGrouped(this.plans) ? { group } : {};
      log.log('PULSE_TAKE_SLOW', { problem, ...named });
    };
    this.firstList = new Promise((resolve) => {
      this.onFirstConnection = (client) => void heldAddresses(client).then(resolve);
      setTimeout(() => resolve([]), LEFTOVER_LIMIT_MS).unref();
    });
  }

  start(): void {
    this.ipvsu.start();
  }

  async leftovers(): Promise<readonly string[]> {
    return this.firstList;
  }

  expect(): void {
    // Each group releases addresses of its own alone.
  }

  async standBy(): Promise<void> {
    // A director without addresses stands by.
  }

  take(_reason: string, group: string): Promise<boolean> {
    return this.of(group).hold(this.vipsOf(group));
  }

  drop(_reason: string, group: string): Promise<boolean> {
    return this.of(group).hold([]);
  }

  announce(): void {
    // Addresses on loopback have no neighbours to tell.
  }

  change(configuration: LvsConfiguration, held: ReadonlySet<string>): void {
    this.plans = groupPlans(configuration);
    for (const [name, addresses] of this.groups) {
      if (!this.plans.some((plan) => plan.name === name)) void addresses.hold([]);
    }
    for (const name of held) this.of(name).change(this.vipsOf(name));
  }

  async syncStatus(): Promise<undefined> {
    return undefined;
  }

  syncListening(): undefined {
    return undefined;
  }

  stop(): Promise<void> {
    return this.ipvsu.stop();
  }

  private vipsOf(group: string): readonly string[] {
    const vips = this.plans.find(({ name }) => name === group)?.vips ?? [];
    const wanted = this.wanted.get(group) ?? new Set();
    this.wanted.set(group, wanted);
    for (const vip of vips) wanted.add(vip);
    return vips;
  }

  private of(group: string): UserspaceAddresses {
    const known = this.groups.get(group);
    if (known !== undefined) return known;
    const addresses = new UserspaceAddresses(
      () => this.ipvsu.connection,
      (problem) => this.onProblem(problem, group),
      (address) => this.owns(group, address),
    );
    this.groups.set(group, addresses);
    return addresses;
  }

  /** An address is its group's; one that lvs.cf does not have any more is released by who wanted it, or by main. */
  private owns(group: string, address: string): boolean {
    const owner = this.plans.find(({ vips }) => vips.includes(address))?.name;
    if (owner !== undefined) return owner === group;
    return group === MAIN_GROUP || this.wanted.get(group)?.has(address) === true;
  }
}

async function heldAddresses(client: ControlClient): Promise<readonly string[]> {
  try {
    return ((await client.call('vip.list')) as VipAnswer).held;
  } catch {
    return [];
  }
}
