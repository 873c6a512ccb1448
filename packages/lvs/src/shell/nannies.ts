import type { ControlPeer, ProbeLoad } from '@piranha/protocol';
import type { NannyPlace } from '../core/nanny-places.js';
import { NannyProcesses } from './nanny-processes.js';
import { SharedNannies } from './shared-nannies.js';

interface NanniesOptions {
  readonly own: Omit<ConstructorParameters<typeof NannyProcesses>[0], 'flags'>;
  readonly shared: ConstructorParameters<typeof SharedNannies>[0];
  /** Where a real service is to be watched, read when it is added or renewed. */
  readonly placeOf: (id: string) => NannyPlace;
}

/** All nannies: those of one real service, and the shared ones. */
export class Nannies {
  private readonly own: NannyProcesses;
  private readonly shared: SharedNannies;
  /** Where each one is watched now. */
  private readonly places = new Map<string, NannyPlace>();

  constructor(private readonly options: NanniesOptions) {
    const { onEnded } = options.own;
    this.own = new NannyProcesses({
      ...options.own,
      onEnded: (id, expected, how) => {
        // Of one that has moved to a shared nanny the end of its old process says nothing.
        if (typeof this.places.get(id) !== 'number') onEnded(id, expected, how);
      },
    });
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

  /** A process said hello. True: it watches one real service, whose id this is. */
  greet(id: string, peer: ControlPeer): boolean {
    if (!this.shared.has(id)) return true;
    this.shared.connected(id, peer);
    return false;
  }

  heard(id: string): void {
    if (this.shared.has(id)) this.shared.heard(id);
    else this.own.heard(id);
  }

  isShared(id: string): boolean {
    return this.shared.has(id);
  }

  assigned(name: string, batch: number, refused: ReadonlyMap<number, string>): void {
    this.shared.assigned(name, batch, refused);
  }

  loaded(name: string, load: ProbeLoad): void {
    this.shared.loaded(name, load);
  }

  targetOf(name: string, number: number): string | undefined {
    return this.shared.targetOf(name, number);
  }

  tick(intervalMs: number): void {
    this.own.tick(intervalMs);
    this.shared.tick(intervalMs);
  }

  /** The process that watches a real service, or that is the shared nanny of that name. */
  pidOf(id: string): number | undefined {
    return this.shared.has(id) ? this.shared.pidOf(id) : this.nannyOf(id).pid;
  }

  nannyOf(id: string): { readonly pid: number | undefined; readonly starts: number } {
    const place = this.places.get(id);
    if (typeof place === 'number') return this.shared.nannyOf(place);
    return { pid: this.own.pidOf(id), starts: this.own.startsOf(id) };
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
