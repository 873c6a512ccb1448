import type { LvsConfiguration } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { ControlClient, RunDirectory, VipAnswer } from '@piranha/protocol';
import { vipsOf } from '../core/settings.js';
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
  /** Its addresses are the sockets of a process that ends. */
  readonly leave = undefined;
  private readonly ipvsu: SupervisedDaemon;
  private readonly addresses: UserspaceAddresses;
  private readonly firstList: Promise<readonly string[]>;
  private onFirstConnection: (client: ControlClient) => void = () => undefined;

  constructor(
    options: UserspaceBackendOptions,
    private configuration: LvsConfiguration,
  ) {
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
        this.addresses.restore();
      },
    });
    this.children = [this.ipvsu];
    this.addresses = new UserspaceAddresses(
      () => this.ipvsu.connection,
      (problem) => log.log('PULSE_TAKE_SLOW', { problem }),
    );
    this.firstList = new Promise((resolve) => {
      this.onFirstConnection = (client) => void heldAddresses(client).then(resolve);
      setTimeout(() => resolve([]), LEFTOVER_LIMIT_MS).unref();
    });
  }

  start(): void {
    this.ipvsu.start();
  }

  async hasLeftovers(): Promise<boolean> {
    return (await this.firstList).length > 0;
  }

  async standBy(): Promise<void> {
    // A director without addresses stands by.
  }

  take(): Promise<boolean> {
    return this.addresses.hold(vipsOf(this.configuration));
  }

  drop(): Promise<boolean> {
    return this.addresses.hold([]);
  }

  announce(): void {
    // Addresses on loopback have no neighbours to tell.
  }

  change(configuration: LvsConfiguration, holding: boolean): void {
    this.configuration = configuration;
    if (holding) void this.take();
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
}

async function heldAddresses(client: ControlClient): Promise<readonly string[]> {
  try {
    return ((await client.call('vip.list')) as VipAnswer).held;
  } catch {
    return [];
  }
}
