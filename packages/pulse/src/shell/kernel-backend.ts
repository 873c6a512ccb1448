import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { FreshValue } from '@piranha/common';
import { type LvsConfiguration, MAIN_GROUP, needsFtpHelper } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { SyncDaemonControl } from '@piranha/ipvs';
import { NeighbourNetlink, RouteNetlink } from '@piranha/net';
import type { RunDirectory, SyncStatus } from '@piranha/protocol';
import { findingText } from '../core/address-plan.js';
import { isForeignToAll } from '../core/foreign-holder.js';
import type { LinkProblem } from '../core/link-state.js';
import { guardTargetsOf, takeoverSettings } from '../core/takeover-settings.js';
import { ResetGuard } from '../takeover/reset-guard.js';
import { type ConnectionFigures, readConnections } from '../takeover/sync-status.js';
import { Sysctls } from '../takeover/sysctls.js';
import { Takeover } from '../takeover/takeover.js';
import { Announcements } from './announcements.js';
import type { Backend } from './backend.js';
import { HolderWatch, type OtherHolder } from './holder-watch.js';
import { KernelAddresses } from './kernel-addresses.js';
import { KernelGroups } from './kernel-groups.js';
import { LinkMonitor } from './link-monitor.js';
import { readNeighbours } from './neighbours.js';

/** There while the module is loaded, or built in. */
const FTP_HELPER = '/sys/module/ip_vs_ftp';
/** How often a standby asks who holds the addresses, ms. */
const ASK_MS = 30_000;
/** Figures of connections may be this old, ms: status is asked for by many, and reading them costs a process. */
const FIGURES_FRESH_MS = 1_000;
/** One that speaks from ever other addresses is not remembered without end. */
const FOREIGN_REMEMBERED = 64;

export interface KernelBackendOptions {
  readonly files: RunDirectory;
  readonly log: EventLog;
  /** False where the table is only a model: addresses move, nothing is forwarded. */
  readonly hasIpvs: boolean;
  /** This node's own heartbeat addresses, whose links are watched. */
  readonly ownAddresses: (configuration: LvsConfiguration) => {
    readonly publicAddress: string | undefined;
    readonly privateAddress: string | undefined;
  };
  /** True while this node means to keep the addresses of a group. */
  readonly insists: (group: string) => boolean;
  /** The heartbeat addresses of each other director. */
  readonly partnerAddresses: (configuration: LvsConfiguration) => readonly (readonly string[])[];
  readonly onLinkProblems: (problems: readonly LinkProblem[]) => void;
}

/** Addresses on real interfaces, and everything around them that keeps connections alive while they move. */
export class KernelBackend implements Backend {
  readonly children = [];
  readonly neighbours = new NeighbourNetlink();
  private readonly route = new RouteNetlink();
  private readonly addresses: KernelAddresses;
  private readonly groups: KernelGroups;
  /** One for each group, whose repeats end when it leaves. */
  private readonly announcements = new Map<string, Announcements>();
  private readonly holders: HolderWatch;
  private readonly takeover: Takeover;
  private readonly links: LinkMonitor;
  private readonly figures = new FreshValue<ConnectionFigures>(FIGURES_FRESH_MS);
  /** Foreign holders that were told already. */
  private readonly foreignTold = new Set<string>();
  /** Asks who holds the addresses while this node does not. */
  private readonly asking = setInterval(() => this.askForHolders(), ASK_MS);
  /** What an earlier pulse left is known; every move waits for it. */
  private looked: Promise<void> = Promise.resolve();

  /** @throws UserError `ADDRESS_FAILED` where the kernel's addresses cannot be reached */
  constructor(
    private readonly options: KernelBackendOptions,
    private configuration: LvsConfiguration,
  ) {
    const { files, log, hasIpvs } = options;
    const slow = (problem: string): void => log.log('PULSE_TAKE_SLOW', { problem });
    this.addresses = new KernelAddresses({
      heldFile: files.heldAddresses,
      route: this.route,
      onProblem: slow,
      onFinding: (finding) => log.log('PULSE_ADDRESS_FOUND', { finding: findingText(finding) }),
    });
    this.groups = new KernelGroups(
      {
        addresses: this.addresses,
        takeover: () => this.takeover,
        announcements: (group) => this.announcementsOf(group),
      },
      configuration,
    );
    this.holders = new HolderWatch({
      onOther: (other) => void this.otherHeard(other),
      groupOf: (address) => this.groups.ownerOf(address),
      onProblem: slow,
    });
    this.takeover = new Takeover(
      {
        sysctls: new Sysctls({
          recordFile: files.firstSysctls,
          onProblem: (problem) => log.log('PULSE_SYSCTL_PROBLEM', { problem }),
        }),
        sync: new SyncDaemonControl(() => this.configuration.ipvsadmPath),
        guard: new ResetGuard(),
        guardTargets: () => guardTargetsOf(this.configuration),
        hold: () => this.groups.reconcile(),
        drop: () => this.groups.reconcile(),
        announce: () => this.groups.announce(),
        log,
      },
      takeoverSettings(configuration, hasIpvs),
    );
    this.links = new LinkMonitor({
      route: this.route,
      judged: () => this.judgedLinks(),
      onChange: () => this.addresses.restore(),
      onProblems: options.onLinkProblems,
      onError: slow,
    });
  }

  start(): void {
    this.looked = this.takeover.look(undefined);
    this.loadFtpHelper();
    this.links.judge();
    this.holders.watch(this.groups.all);
  }

  async leftovers(): Promise<readonly string[]> {
    const leftovers = this.addresses.leftovers().map(({ address }) => address);
    if (leftovers.length > 0) this.options.log.log('PULSE_LEFTOVERS', { addresses: leftovers.join(' ') });
    this.groups.found(leftovers);
    return leftovers;
  }

  expect(groups: Iterable<string>): void {
    this.groups.expect(groups);
  }

  async standBy(reason: string): Promise<void> {
    await this.looked;
    await this.takeover.standby(reason);
  }

  async take(reason: string, group: string): Promise<boolean> {
    await this.looked;
    return this.groups.take(reason, group);
  }

  async drop(reason: string, group: string): Promise<boolean> {
    await this.looked;
    return this.groups.drop(reason, group);
  }

  announce(group: string): void {
    this.announcementsOf(group).announceOnce(this.groups.of(group));
  }

  change(configuration: LvsConfiguration, held: ReadonlySet<string>): void {
    this.configuration = configuration;
    this.loadFtpHelper();
    void this.takeover.configure(takeoverSettings(configuration, this.options.hasIpvs), 'reload');
    this.links.judge();
    this.groups.change(configuration, held);
    this.holders.watch(this.groups.all);
  }

  async syncStatus(heardSeconds: number | undefined): Promise<SyncStatus> {
    const { failoverState, manageSysctls, ipvsadmPath } = this.configuration;
    const status = this.takeover.status();
    // What a partner knows follows from the settings that pulse itself makes.
    const isKnown = status.master && failoverState === 'sync' && manageSysctls;
    const question = isKnown ? { ipvsadm: ipvsadmPath, heardSeconds } : undefined;
    const figures = await this.figures.get(() => readConnections(question));
    return { ...status, ...figures };
  }

  syncListening(): { readonly seconds: number | undefined } | undefined {
    if (!this.options.hasIpvs || this.configuration.failoverState !== 'sync') return undefined;
    return { seconds: this.takeover.status().listeningSeconds };
  }

  async stop(partnerServes: boolean): Promise<void> {
    this.endWatches();
    this.groups.forgetAll();
    await this.takeover.stop('stop', partnerServes);
    this.close();
  }

  readonly leave = async (): Promise<void> => {
    this.endWatches();
    await this.takeover.leave('asked to leave');
    this.close();
  };

  private endWatches(): void {
    clearInterval(this.asking);
    this.holders.close();
    for (const one of this.announcements.values()) one.stopRepeats();
    this.links.close();
  }

  private close(): void {
    this.takeover.close();
    for (const one of this.announcements.values()) one.close();
    this.addresses.close();
    this.neighbours.close();
  }

  /** A holder beside us is answered; one beside the partner is told, once, for a takeover would fight with it. */
  private async otherHeard({ address, mac, interface: name }: OtherHolder): Promise<void> {
    const { log, insists, partnerAddresses } = this.options;
    const group = this.groups.ownerOf(address);
    const defended = insists(group) ? this.groups.defended(address) : [];
    if (defended.length > 0) {
      log.log('PULSE_OTHER_HOLDER', { address, mac });
      this.announcementsOf(group).announceOnce(defended);
      return;
    }
    const partner = partnerAddresses(this.configuration);
    const told = `${address} ${mac}`;
    if (this.foreignTold.has(told)) return;
    if (!isForeignToAll({ mac, interface: name }, partner, await readNeighbours())) return;
    if (this.foreignTold.size >= FOREIGN_REMEMBERED) this.foreignTold.clear();
    this.foreignTold.add(told);
    log.log('PULSE_FOREIGN_HOLDER', { address, mac, interface: name });
  }

  private announcementsOf(group: string): Announcements {
    const known = this.announcements.get(group);
    if (known !== undefined) return known;
    const one = new Announcements(this.options.log);
    this.announcements.set(group, one);
    return one;
  }

  private askForHolders(): void {
    const asked = this.groups.all.filter(
      ({ address }) => !this.options.insists(this.groups.ownerOf(address)),
    );
    if (asked.length > 0) this.announcementsOf(MAIN_GROUP).probe(asked);
  }

  /** As the original: only where a partner could serve instead. */
  private judgedLinks() {
    const { monitorLinks, backupActive } = this.configuration;
    return monitorLinks && backupActive ? this.options.ownAddresses(this.configuration) : undefined;
  }

  /** NAT rewrites addresses inside FTP's control connection by a module that nothing else would load. */
  private loadFtpHelper(): void {
    const isNeeded = this.options.hasIpvs && needsFtpHelper(this.configuration);
    if (!isNeeded || existsSync(FTP_HELPER)) return;
    const child = spawn('modprobe', ['ip_vs_ftp'], { stdio: 'ignore' });
    const failed = (problem: string): void => this.options.log.log('PULSE_FTP_HELPER', { problem });
    child.on('error', (error) => failed(error.message));
    child.on('exit', (code) => {
      if (code !== 0) failed(`modprobe ended with ${code}`);
    });
  }
}
