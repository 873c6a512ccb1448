import { errorText, monotonicNowMs } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { serviceKeyText } from '@piranha/ipvs';
import type { VipAnswer } from '@piranha/protocol';
import type { DirectorTable } from '../core/director-table.js';
import type { ServiceEntry } from '../core/entries.js';
import { canonicalAddress } from '../core/vip-set.js';
import type { ServiceListener } from './listener.js';

export interface DoorsOptions {
  readonly table: DirectorTable;
  readonly log: EventLog;
  readonly open: (service: ServiceEntry, address: string, port: number) => Promise<ServiceListener>;
}

/** The listeners: one for each service of the table whose address is held. */
export class Doors {
  private readonly held = new Set<string>();
  private readonly listeners = new Map<string, ServiceListener>();
  private readonly problems = new Map<string, { readonly address: string; readonly text: string }>();
  /** Changes of the listeners, one after the other. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: DoorsOptions) {}

  /** True while a listener that should be open is not. */
  get hasProblems(): boolean {
    return this.problems.size > 0;
  }

  list(): VipAnswer {
    return { held: [...this.held], problems: this.problemsOf([...this.held]) };
  }

  /** Adds addresses; answers when their services listen, with what kept those of these addresses from it. */
  async hold(addresses: readonly string[]): Promise<VipAnswer> {
    await this.inTurn(async () => {
      for (const address of addresses) {
        if (this.held.has(address)) continue;
        this.held.add(address);
        this.options.log.log('IPVSU_VIP_HELD', { address });
      }
      await this.openAndClose();
    });
    return { held: [...this.held], problems: this.problemsOf(addresses) };
  }

  /** Gives addresses up; answers when their listeners have been drained and closed. */
  async release(addresses: readonly string[]): Promise<VipAnswer> {
    const startedMs = monotonicNowMs();
    let leaving: ServiceListener[] = [];
    const released = addresses.filter((address) => this.held.has(address));
    await this.inTurn(async () => {
      for (const address of addresses) this.held.delete(address);
      leaving = this.takeUnheld();
    });
    const dry = await Promise.all(leaving.map((listener) => listener.drain()));
    for (const address of released) {
      this.options.log.log('IPVSU_VIP_RELEASED', {
        address,
        drainMs: Math.round(monotonicNowMs() - startedMs),
        drained: dry.every(Boolean),
      });
    }
    return this.list();
  }

  /** Makes the listeners fit the table again; after each change of it, and to try failed ones once more. */
  reconcile(): Promise<void> {
    return this.inTurn(() => this.openAndClose());
  }

  close(): void {
    for (const listener of this.listeners.values()) listener.close();
    this.listeners.clear();
  }

  private problemsOf(addresses: readonly string[]): string[] {
    const asked = new Set(addresses.map(canonicalAddress));
    return [...this.problems.values()].filter(({ address }) => asked.has(address)).map(({ text }) => text);
  }

  private inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.turn.then(change);
    this.turn = done.catch(() => {});
    return done;
  }

  private isHeld(service: ServiceEntry): boolean {
    const { key } = service.settings;
    return key.kind === 'address' && this.held.has(canonicalAddress(key.address));
  }

  private takeUnheld(): ServiceListener[] {
    const leaving: ServiceListener[] = [];
    for (const [name, listener] of this.listeners) {
      if (this.isHeld(listener.service)) continue;
      this.listeners.delete(name);
      leaving.push(listener);
    }
    return leaving;
  }

  private async openAndClose(): Promise<void> {
    const wanted = new Map<string, ServiceEntry>();
    for (const service of this.options.table.services()) {
      if (this.isHeld(service)) wanted.set(serviceKeyText(service.settings.key), service);
    }
    for (const [name, listener] of this.listeners) {
      if (wanted.get(name) === listener.service) continue;
      this.listeners.delete(name);
      listener.close();
    }
    for (const name of this.problems.keys()) if (!wanted.has(name)) this.problems.delete(name);
    for (const [name, service] of wanted) {
      if (!this.listeners.has(name)) await this.openOne(name, service);
    }
  }

  private async openOne(name: string, service: ServiceEntry): Promise<void> {
    const { key } = service.settings;
    if (key.kind !== 'address') return;
    try {
      this.listeners.set(name, await this.options.open(service, canonicalAddress(key.address), key.port));
      this.problems.delete(name);
    } catch (error) {
      const problem = errorText(error);
      if (this.problems.get(name)?.text !== problem) this.options.log.log('IPVSU_LISTEN_FAILED', { problem });
      this.problems.set(name, { address: canonicalAddress(key.address), text: problem });
    }
  }
}
