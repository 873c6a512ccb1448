import { type ChildProcess, spawn } from 'node:child_process';
import { monotonicNowMs, patienceEnvironment, patient } from '@piranha/common';
import { NANNY_ENVIRONMENT } from '@piranha/protocol';
import {
  type FleetEffect,
  type FleetEvent,
  type FleetPolicy,
  type FleetState,
  stepFleet,
} from '../core/nanny-fleet.js';

/** A nanny does little and there are many: no optimising compiler, no threads for the garbage collector (0.7 MB each). */
const SMALL_PROCESS_FLAGS = ['--no-opt', '--no-sparkplug', '--single-threaded-gc'];

/** How long nannies have to stop, how often they must speak, how fast they come back. */
export const FLEET_POLICY: FleetPolicy = {
  supervisor: {
    startLimitMs: patient(15_000),
    silenceLimitMs: patient(1_250),
    stopLimitMs: 1_000,
    backoffFirstMs: 100,
    backoffCapMs: 5_000,
    steadyAfterMs: 10_000,
  },
  startingLimit: 4,
};

interface NannyProcessesOptions {
  /** Script of the nanny program, run by this Node. */
  readonly program: string;
  readonly socketPath: string;
  /** Flags of Node; those of a small process unless others are given. */
  readonly flags?: readonly string[];
  readonly policy: FleetPolicy;
  /** Command line of a nanny, read at each start. */
  readonly argumentsOf: (id: string) => readonly string[];
  /** JSON of its check blocks, read at each start; undefined = none. */
  readonly checksOf?: (id: string) => string | undefined;
  /** What its server is believed to be, read at each start. */
  readonly healthOf: (id: string) => string;
  readonly onStarted: (id: string, pid: number) => void;
  readonly onFailedStart: (id: string, problem: string) => void;
  readonly onKilled: (id: string, reason: string) => void;
  /** `expected`: it was told to stop or to make room for a new command line. `how`: exit status or signal. */
  readonly onEnded: (id: string, expected: boolean, how: string) => void;
}

/** The running nannies. */
export class NannyProcesses {
  private fleet: FleetState = new Map();
  private readonly children = new Map<string, ChildProcess>();
  private readonly signs = new Set<string>();
  private lastTickMs = monotonicNowMs();

  constructor(private readonly options: NannyProcessesOptions) {}

  add(id: string): void {
    this.step({ type: 'add', id });
  }

  remove(id: string): void {
    this.step({ type: 'remove', id });
  }

  /** Ends a nanny and starts it with its new command line. */
  renew(id: string): void {
    this.step({ type: 'renew', id });
  }

  /** Ends all of them. */
  removeAll(): void {
    for (const id of [...this.fleet.keys()]) this.remove(id);
  }

  /** A nanny was heard. The first time it makes room for another to start. */
  heard(id: string): void {
    if (this.fleet.get(id)?.supervisor.phase === 'starting') this.step({ type: 'sign', id });
    else this.signs.add(id);
  }

  /** @param intervalMs how far apart the ticks should be, to know how late this one is */
  tick(intervalMs: number): void {
    const nowMs = monotonicNowMs();
    const lateMs = Math.max(0, nowMs - this.lastTickMs - intervalMs);
    this.lastTickMs = nowMs;
    this.step({ type: 'tick', lateMs, signs: [...this.signs] });
    this.signs.clear();
  }

  /** True also for one that is to end. */
  has(id: string): boolean {
    return this.fleet.has(id);
  }

  pidOf(id: string): number | undefined {
    return this.children.get(id)?.pid;
  }

  startsOf(id: string): number {
    return this.fleet.get(id)?.supervisor.starts ?? 0;
  }

  /** Processes that have not ended yet. */
  get running(): number {
    return this.children.size;
  }

  /** SIGKILL for whatever is left; the last act of a stop. */
  killAll(): void {
    for (const child of this.children.values()) child.kill('SIGKILL');
  }

  private step(event: FleetEvent): void {
    const { state, effects } = stepFleet(this.options.policy, this.fleet, event, monotonicNowMs());
    this.fleet = state;
    for (const effect of effects) this.carryOut(effect);
  }

  private carryOut(effect: FleetEffect): void {
    switch (effect.type) {
      case 'spawn':
        this.spawn(effect.id);
        return;
      case 'terminate':
        this.children.get(effect.id)?.kill('SIGTERM');
        return;
      case 'kill':
        this.options.onKilled(effect.id, effect.reason);
        this.children.get(effect.id)?.kill('SIGKILL');
        return;
      case 'restartScheduled':
        return;
    }
  }

  private spawn(id: string): void {
    const {
      program,
      socketPath,
      argumentsOf,
      checksOf,
      healthOf,
      flags = SMALL_PROCESS_FLAGS,
    } = this.options;
    const child = spawn(process.execPath, [...flags, program, ...argumentsOf(id)], {
      argv0: 'nanny',
      // Nothing of our own environment is its business, save where to find check programs.
      env: {
        PATH: process.env.PATH,
        ...patienceEnvironment(),
        MALLOC_ARENA_MAX: '1',
        [NANNY_ENVIRONMENT.socket]: socketPath,
        [NANNY_ENVIRONMENT.id]: id,
        [NANNY_ENVIRONMENT.state]: healthOf(id),
        [NANNY_ENVIRONMENT.checks]: checksOf?.(id),
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.children.set(id, child);
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      this.options.onFailedStart(id, error.message);
      this.ended(id, child, 'not started');
    });
    child.once('exit', (status, signal) => this.ended(id, child, signal ?? `status ${status}`));
    if (child.pid !== undefined) this.options.onStarted(id, child.pid);
  }

  private ended(id: string, child: ChildProcess, how: string): void {
    if (this.children.get(id) !== child) return;
    this.children.delete(id);
    this.signs.delete(id);
    this.options.onEnded(id, this.fleet.get(id)?.supervisor.phase === 'stopping', how);
    this.step({ type: 'exited', id });
  }
}
