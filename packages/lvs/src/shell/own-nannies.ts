import type { WeightReading } from '@piranha/protocol';
import type { Health } from '../core/health.js';
import { agreedHealth, ProbeGroups } from '../core/probe-groups.js';
import { NannyProcesses } from './nanny-processes.js';

type ProcessesOptions = ConstructorParameters<typeof NannyProcesses>[0];

interface OwnNanniesOptions extends Pick<ProcessesOptions, 'program' | 'socketPath' | 'policy'> {
  /** Real services of one key share a process; read when one is added or renewed. */
  readonly keyOf: (id: string) => string;
  /** Of one real service, as those of NannyProcesses. */
  readonly argumentsOf: (id: string) => readonly string[];
  readonly checksOf: (id: string) => string | undefined;
  readonly healthOf: (id: string) => Health;
  /** Called for each real service that a process watches. */
  readonly onStarted: (id: string, pid: number) => void;
  readonly onFailedStart: (id: string, problem: string) => void;
  readonly onKilled: (id: string, reason: string) => void;
  readonly onEnded: (id: string, expected: boolean, how: string) => void;
  /** It joined those that a process watches already, which said hello. @param sibling one of those */
  readonly onJoined: (id: string, sibling: string, pid: number | undefined) => void;
  /** The weight that the check asked for last, told to one that joined. */
  readonly onReading: (id: string, reading: WeightReading) => void;
  /** Nobody watches it until its new process says hello. */
  readonly onUnwatched: (id: string) => void;
}

/** What a process has said in this life of it. */
interface Said {
  asked: WeightReading | undefined;
}

/** Nannies of one real service each, which may stand behind several virtual services: it is checked once for all of them. */
export class OwnNannies {
  private readonly groups = new ProbeGroups();
  private readonly processes: NannyProcesses;
  /** By name of the process, from its hello on. */
  private readonly said = new Map<string, Said>();

  constructor(private readonly options: OwnNanniesOptions) {
    const { program, socketPath, policy } = options;
    this.processes = new NannyProcesses({
      program,
      socketPath,
      policy,
      argumentsOf: (name) => options.argumentsOf(this.firstOf(name)),
      checksOf: (name) => options.checksOf(this.firstOf(name)),
      healthOf: (name) => agreedHealth(this.membersOf(name).map(options.healthOf)),
      onStarted: (name, pid) => this.each(name, (id) => options.onStarted(id, pid)),
      onFailedStart: (name, problem) => this.each(name, (id) => options.onFailedStart(id, problem)),
      onKilled: (name, reason) => this.each(name, (id) => options.onKilled(id, reason)),
      onEnded: (name, expected, how) => {
        this.said.delete(name);
        this.each(name, (id) => options.onEnded(id, expected, how));
      },
    });
  }

  add(id: string): void {
    const { name, isNew } = this.groups.add(id, this.options.keyOf(id), (other) => this.processes.has(other));
    if (isNew) this.processes.add(name);
    else this.join(id, name);
  }

  remove(id: string): void {
    const left = this.groups.remove(id);
    if (left?.isUnwanted) this.processes.remove(left.name);
  }

  /** Has it watched by its new orders; those it was watched with keep their process. */
  renew(id: string): void {
    const renewal = this.groups.renew(id, this.options.keyOf(id));
    if (renewal === 'stays') return;
    if (renewal === 'restarts') {
      this.processes.renew(this.groups.nameOf(id) ?? id);
      return;
    }
    this.remove(id);
    this.add(id);
    if (!this.said.has(this.groups.nameOf(id) ?? id)) this.options.onUnwatched(id);
  }

  /** Ends all of them. */
  removeAll(): void {
    this.processes.removeAll();
  }

  /** A process said hello. @returns the real services that it watches */
  greet(name: string): readonly string[] {
    this.said.set(name, { asked: undefined });
    return this.membersOf(name);
  }

  /** A process told what weight its check asks for; an agent or a load monitor is asked again soon. */
  read(name: string, reading: WeightReading): void {
    const said = this.said.get(name);
    if (said && reading.kind === 'check') said.asked = reading;
  }

  heard(name: string): void {
    this.processes.heard(name);
  }

  tick(intervalMs: number): void {
    this.processes.tick(intervalMs);
  }

  /** The real services that a process watches. */
  membersOf(name: string): readonly string[] {
    return this.groups.membersOf(name);
  }

  /** By name of the process. */
  pidOf(name: string): number | undefined {
    return this.processes.pidOf(name);
  }

  nannyOf(id: string): { readonly pid: number | undefined; readonly starts: number } {
    const name = this.groups.nameOf(id);
    if (name === undefined) return { pid: undefined, starts: 0 };
    return { pid: this.processes.pidOf(name), starts: this.processes.startsOf(name) };
  }

  get running(): number {
    return this.processes.running;
  }

  killAll(): void {
    this.processes.killAll();
  }

  private join(id: string, name: string): void {
    const pid = this.processes.pidOf(name);
    if (pid !== undefined) this.options.onStarted(id, pid);
    const said = this.said.get(name);
    const sibling = this.membersOf(name).find((other) => other !== id);
    if (said === undefined || sibling === undefined) return;
    if (said.asked) this.options.onReading(id, said.asked);
    this.options.onJoined(id, sibling, pid);
  }

  private firstOf(name: string): string {
    return this.membersOf(name)[0] ?? name;
  }

  private each(name: string, tell: (id: string) => void): void {
    for (const id of this.membersOf(name)) tell(id);
  }
}
