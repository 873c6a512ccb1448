import { type ChildProcess, spawn } from 'node:child_process';
import {
  binaryPath,
  initialSupervisor,
  isAlive,
  livingPid,
  monotonicNowMs,
  patient,
  type SupervisorEffect,
  type SupervisorEvent,
  type SupervisorPolicy,
  type SupervisorState,
  signalProcess,
  stepSupervisor,
} from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { type ChildStatus, ControlClient, RESTARTED_VARIABLE } from '@piranha/protocol';
import { Ticker } from './ticker.js';

const TICK_MS = 100;
const CONNECT_RETRY_MS = 25;
/** After so many failures in a row the node counts as broken. */
const BROKEN_AFTER_FAILURES = 4;

const POLICY: SupervisorPolicy = {
  startLimitMs: patient(15_000),
  silenceLimitMs: patient(1_000),
  stopLimitMs: patient(5_000),
  backoffFirstMs: 50,
  backoffCapMs: 3_000,
  steadyAfterMs: 5_000,
};

export interface SupervisedDaemonOptions {
  readonly name: 'lvsd' | 'ipvsu';
  /** Another program than the suite's own. */
  readonly program?: string;
  readonly args: readonly string[];
  readonly socketPath: string;
  readonly pidFile: string;
  /** Whether the child writes to our stdout. */
  readonly inheritOutput: boolean;
  readonly log: EventLog;
  readonly onConnected?: (client: ControlClient) => void;
  readonly onDisconnected?: () => void;
  /** Called when the daemon begins or ceases to count as broken. */
  readonly onBroken: (broken: boolean) => void;
  /** The data of each of its events `alive`. */
  readonly onAlive?: (data: unknown) => void;
}

/**
 * A daemon that outlives us: started in a session of its own, adopted by its socket when it runs already, watched by
 * its `alive` events, killed and started again when it hangs or dies.
 */
export class SupervisedDaemon {
  private state: SupervisorState = initialSupervisor();
  private client: ControlClient | undefined;
  private pid: number | undefined;
  private connecting = false;
  private broken = false;
  private stopped: (() => void) | undefined;
  private readonly ticker = new Ticker(TICK_MS, (lateMs) => this.tick(lateMs));

  constructor(private readonly options: SupervisedDaemonOptions) {}

  /** Adopts the running daemon, or starts one. */
  start(): void {
    const { pidFile, name, log } = this.options;
    const pid = livingPid(pidFile, name);
    if (pid === undefined) {
      this.dispatch({ type: 'start' });
    } else {
      this.pid = pid;
      log.log('PULSE_CHILD_ADOPTED', { child: name, pid });
      this.dispatch({ type: 'adopt' });
      this.connect();
    }
    this.ticker.start();
  }

  /** As stop, but asks the daemon first to leave what it has made. A daemon that cannot be asked is killed. */
  async leave(): Promise<void> {
    try {
      await this.client?.call('leave');
    } catch {
      if (this.pid !== undefined) signalProcess(this.pid, 'SIGKILL');
    }
    await this.stop();
  }

  /** Ends the daemon by SIGTERM, then SIGKILL; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.state.phase === 'idle' || this.state.phase === 'waiting') {
      this.dispatch({ type: 'stop' });
      this.ticker.stop();
      return;
    }
    await new Promise<void>((resolve) => {
      this.stopped = resolve;
      this.dispatch({ type: 'stop' });
    });
    this.ticker.stop();
  }

  /** Stops watching; the daemon goes on. */
  release(): void {
    this.ticker.stop();
    this.client?.close();
  }

  get connection(): ControlClient | undefined {
    return this.client;
  }

  status(): ChildStatus {
    const { phase, starts } = this.state;
    const { name } = this.options;
    return this.pid === undefined ? { name, phase, starts } : { name, phase, starts, pid: this.pid };
  }

  private dispatch(event: SupervisorEvent): void {
    const { state, effects } = stepSupervisor(POLICY, this.state, event, monotonicNowMs());
    this.state = state;
    for (const effect of effects) this.run(effect);
    this.judge();
  }

  private run(effect: SupervisorEffect): void {
    switch (effect.type) {
      case 'spawn':
        this.spawn();
        return;
      case 'terminate':
        if (this.pid !== undefined) signalProcess(this.pid, 'SIGTERM');
        return;
      case 'kill':
        this.options.log.log('PULSE_CHILD_KILLED', {
          child: this.options.name,
          pid: this.pid,
          reason: effect.reason,
        });
        if (this.pid !== undefined) signalProcess(this.pid, 'SIGKILL');
        return;
      case 'restartScheduled':
        return;
    }
  }

  private spawn(): void {
    const { name, program, args, inheritOutput, log } = this.options;
    const output = inheritOutput ? 'inherit' : 'ignore';
    const child: ChildProcess = spawn(process.execPath, [program ?? binaryPath(name), ...args], {
      argv0: name,
      detached: true,
      stdio: ['ignore', output, output],
      env: this.state.starts > 1 ? { ...process.env, [RESTARTED_VARIABLE]: '1' } : process.env,
    });
    this.pid = child.pid;
    log.log('PULSE_CHILD_STARTED', { child: name, pid: child.pid ?? 0, starts: this.state.starts });
    child.on('exit', (code, signal) => {
      if (child.pid === this.pid) this.exited(code, signal);
    });
    child.on('error', () => this.exited(null, null));
    child.unref();
    this.connect();
  }

  private exited(code: number | null, signal: NodeJS.Signals | null): void {
    const { log, name } = this.options;
    const pid = this.pid ?? 0;
    this.pid = undefined;
    this.client?.close();
    if (signal !== null) log.log('PULSE_CHILD_SIGNALLED', { pid, signal, child: name });
    else if (code !== null) log.log('PULSE_CHILD_EXITED', { pid, status: code, child: name });
    else log.log('PULSE_CHILD_LOST', { pid, child: name });
    this.dispatch({ type: 'exited' });
    this.stopped?.();
  }

  private tick(lateMs: number): void {
    // An adopted daemon is not our child: only looking tells of its end.
    if (this.pid !== undefined && !isAlive(this.pid)) this.exited(null, null);
    this.dispatch({ type: 'tick', lateMs });
    if (this.client === undefined && this.pid !== undefined) this.connect();
  }

  private connect(): void {
    if (this.connecting || this.client !== undefined) return;
    this.connecting = true;
    const attempt = (): void => {
      ControlClient.connect({
        path: this.options.socketPath,
        onEvent: (event, data) => {
          if (event !== 'alive') return;
          this.dispatch({ type: 'sign' });
          this.options.onAlive?.(data);
        },
        onClose: () => this.disconnected(),
      })
        .then((client) => this.connected(client))
        .catch(() => {
          if (this.pid === undefined) this.connecting = false;
          else setTimeout(attempt, CONNECT_RETRY_MS);
        });
    };
    attempt();
  }

  private connected(client: ControlClient): void {
    this.connecting = false;
    this.client = client;
    this.dispatch({ type: 'sign' });
    this.options.onConnected?.(client);
  }

  private disconnected(): void {
    if (this.client === undefined) return;
    this.client = undefined;
    this.options.onDisconnected?.();
  }

  private judge(): void {
    const failing = this.state.failures >= BROKEN_AFTER_FAILURES && this.state.phase !== 'running';
    const steady =
      this.state.phase === 'running' && monotonicNowMs() - this.state.startedAtMs >= POLICY.steadyAfterMs;
    if (this.broken ? !steady : !failing) return;
    this.broken = !this.broken;
    this.options.onBroken(this.broken);
  }
}
