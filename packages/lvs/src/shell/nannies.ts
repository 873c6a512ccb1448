import type { ControlPeer, ProbeLoad, WeightReading } from '@piranha/protocol';
import type { NannyPlace } from '../core/nanny-places.js';
import type { ProbeBudget } from '../core/probe-budget.js';
import { OwnNannies } from './own-nannies.js';
import { SharedNannies } from './shared-nannies.js';

interface NanniesOptions {
  readonly own: ConstructorParameters<typeof OwnNannies>[0];
  readonly shared: ConstructorParameters<typeof SharedNannies>[0];
  /** Where a real service is to be watched, read when it is added or renewed. */
  readonly placeOf: (id: string) => NannyPlace;
}

/** All nannies: those of one real service, and the shared ones. A process has a name, a real service has an id. */
export class Nannies {
  private readonly own: OwnNannies;
  private readonly shared: SharedNannies;
  /** Where each one is watched now. */
  private readonly places = new Map<string, NannyPlace>();

  constructor(private readonly options: NanniesOptions) {
    this.own = new OwnNannies(options.own);
    this.shared = new SharedNannies(options.shared);
  }

  add(id: string): void {
    const place = this.options.placeOf(id);
    this.places.set(id, place);
    if (place === 'own') this.own.add(id);
    else this.shared.add(id, place);
  }

  remove(id: string): void {
    const place = this.places.get(id);
    this.places.delete(id);
    if (typeof place === 'number') this.shared.remove(id, place);
    else this.own.remove(id);
  }

  /** Has it watched with its new command line. */
  renew(id: string): void {
    const place = this.places.get(id);
    if (place !== this.options.placeOf(id)) {
      this.move(id);
    } else if (typeof place === 'number') this.shared.renew(id, place);
    else this.own.renew(id);
  }

  /** Brings those whose place has changed there; how many they were. */
  moveAll(): number {
    const moved = [...this.places].filter(([id, place]) => place !== this.options.placeOf(id));
    for (const [id] of moved) this.move(id);
    return moved.length;
  }

  removeAll(): void {
    this.own.removeAll();
    this.shared.removeAll();
  }

  /** A process said hello. @returns the real services that it watches, where it is no shared one */
  greet(name: string, peer: ControlPeer): readonly string[] {
    if (!this.shared.has(name)) return this.own.greet(name);
    this.shared.connected(name, peer);
    return [];
  }

  /** The real services of a process that is no shared one. */
  membersOf(name: string): readonly string[] {
    return this.own.membersOf(name);
  }

  /** A process that is no shared one told of a weight. */
  read(name: string, reading: WeightReading): void {
    this.own.read(name, reading);
  }

  heard(name: string): void {
    if (this.shared.has(name)) this.shared.heard(name);
    else this.own.heard(name);
  }

  isShared(name: string): boolean {
    return this.shared.has(name);
  }

  assigned(name: string, batch: number, refused: ReadonlyMap<number, string>): void {
    this.shared.assigned(name, batch, refused);
  }

  loaded(name: string, load: ProbeLoad): void {
    this.shared.loaded(name, load);
  }

  /** How many checks a second each shared nanny may make; undefined: no limit. */
  setBudget(budget: ProbeBudget | undefined): void {
    this.shared.setShares(budget?.shares);
  }

  /** Checks a second that shared nannies make, and checks that they held back. */
  sharedRate(nowMs: number): { readonly perSecond: number; readonly heldBack: number } {
    return this.shared.rate(nowMs);
  }

  targetOf(name: string, number: number): string | undefined {
    return this.shared.targetOf(name, number);
  }

  tick(intervalMs: number): void {
    this.own.tick(intervalMs);
    this.shared.tick(intervalMs);
  }

  /** By name of the process. */
  pidOf(name: string): number | undefined {
    return this.shared.has(name) ? this.shared.pidOf(name) : this.own.pidOf(name);
  }

  nannyOf(id: string): { readonly pid: number | undefined; readonly starts: number } {
    const place = this.places.get(id);
    if (typeof place === 'number') return this.shared.nannyOf(place);
    return this.own.nannyOf(id);
  }

  get sharedViews(): SharedNannies['views'] {
    return this.shared.views;
  }

  get running(): number {
    return this.own.running + this.shared.running;
  }

  killAll(): void {
    this.own.killAll();
    this.shared.killAll();
  }

  private move(id: string): void {
    this.remove(id);
    this.add(id);
  }
}
