import { type ChildProcess, spawn } from 'node:child_process';
import {
  binaryPath,
  errorText,
  isAlive,
  livingPid,
  monotonicNowMs,
  patient,
  signalProcess,
} from '@piranha/common';
import type { EventLog } from '@piranha/events';
import {
  type ControlPeer,
  DIRECTORS_VARIABLE,
  type GuardianStatus,
  HELD_GROUPS_VARIABLE,
  type PulseAlive,
  RESTARTED_VARIABLE,
  type RunDirectory,
  SPOKEN_VARIABLE,
} from '@piranha/protocol';
import { speaksWords } from '../core/beats-count.js';
import {
  GUARDIAN_LIMITS,
  GUARDIAN_TICK_MS,
  type GuardianEffect,
  type GuardianEvent,
  type GuardianState,
  type GuardianStep,
  startGuardian,
  stepGuardian,
} from '../core/guardian.js';
import { guardianStatus } from '../core/guardian-status.js';
import { FORCE_ACTIVE, type PulseOptions, resolvedArguments } from '../options.js';
import { Ticker } from '../shell/ticker.js';
import { StandIn } from './stand-in.js';

/** How long pulse may take to hand over and stop, beyond its own release limit, ms. */
const STOP_SLACK_MS = patient(15_000);
/** What this process was told by its own starter is not for pulse. */
const OWN_VARIABLES = [
  'PIRANHA_ADOPT',
  'PIRANHA_DAEMON',
  RESTARTED_VARIABLE,
  SPOKEN_VARIABLE,
  DIRECTORS_VARIABLE,
  HELD_GROUPS_VARIABLE,
];
const LIMITS = {
  silenceMs: patient(GUARDIAN_LIMITS.silenceMs),
  hangMs: patient(GUARDIAN_LIMITS.hangMs),
  startMs: patient(GUARDIAN_LIMITS.startMs),
};

/** Carries out the guardian's decisions: starts and kills pulse, and stands in for it. */
export class Guardian {
  private state: GuardianState;
  private pid: number | undefined;
  private peer: ControlPeer | undefined;
  private stopped: (() => void) | undefined;
  private releasing: Promise<void> = Promise.resolve();
  private readonly standIn: StandIn;
  private readonly ticker = new Ticker(patient(GUARDIAN_TICK_MS), (lateMs) => this.tick(lateMs));
  private readonly first: GuardianStep;

  constructor(
    private readonly files: RunDirectory,
    private readonly options: PulseOptions,
    private readonly log: EventLog,
  ) {
    this.pid = livingPid(files.pulsePid, 'pulse-worker');
    this.standIn = new StandIn(
      files,
      options.director,
      (word, groups) => this.dispatch({ type: 'heard', word, groups }),
      (problem) => log.log('PULSE_BEAT_KEYS_UNREAD', { problem }),
    );
    this.first = startGuardian(this.pid !== undefined, LIMITS, monotonicNowMs());
    this.state = this.first.state;
  }

  start(): void {
    this.log.log('PULSE_GUARDIAN_STARTED', { adopted: this.pid });
    for (const effect of this.first.effects) this.run(effect);
    this.ticker.start();
  }

  /** A report of pulse arrived on our socket. */
  reported(plan: PulseAlive, peer: ControlPeer): void {
    if (this.pid !== undefined && plan.pid !== this.pid && isAlive(this.pid)) return;
    this.pid = plan.pid;
    this.peer = peer;
    this.dispatch({ type: 'report', plan });
    const stoodIn = this.standIn.reported(plan);
    if (stoodIn !== undefined) peer.emit('beat.stoodIn', stoodIn);
  }

  /** A connection ended; if it was pulse's, its process may be gone. */
  disconnected(peer: ControlPeer): void {
    if (peer !== this.peer) return;
    this.peer = undefined;
    this.checkExit();
  }

  status(): GuardianStatus {
    return { pid: process.pid, ...guardianStatus(this.state, this.pid, monotonicNowMs()) };
  }

  /** Passes a signal on to pulse. */
  signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) signalProcess(this.pid, signal);
  }

  /** Lets pulse hand over and stop; ends everything by force if it does not. */
  async stop(): Promise<void> {
    this.dispatch({ type: 'stop' });
    const { plan } = this.state;
    if (this.pid !== undefined && isAlive(this.pid)) {
      const limitMs = (plan?.deadtimeMs ?? 0) + (plan?.keepaliveMs ?? 0) + STOP_SLACK_MS;
      const ended = new Promise<void>((resolve) => {
        this.stopped = resolve;
      });
      this.signal('SIGTERM');
      const timer = setTimeout(() => this.signal('SIGKILL'), limitMs);
      await ended;
      clearTimeout(timer);
    }
    this.ticker.stop();
    await this.releasing;
    await this.endChildren();
    this.standIn.close();
  }

  /** After a clean stop of pulse nothing is left here; after a kill, addresses and daemons are. */
  private async endChildren(): Promise<void> {
    const pids = [livingPid(this.files.lvsdPid, 'lvsd'), livingPid(this.files.ipvsuPid, 'ipvsu')].filter(
      (pid) => pid !== undefined,
    );
    if (pids.length === 0) return;
    await this.releaseAddresses();
    for (const pid of pids) signalProcess(pid, 'SIGTERM');
  }

  private dispatch(event: GuardianEvent): void {
    const { state, effects } = stepGuardian(this.state, event, monotonicNowMs());
    this.state = state;
    for (const effect of effects) this.run(effect);
  }

  private run(effect: GuardianEffect): void {
    switch (effect.type) {
      case 'spawn':
        this.spawn(effect.adopt, effect.held);
        return;
      case 'kill':
        this.signal('SIGKILL');
        return;
      case 'beat':
        if (this.state.plan !== undefined) this.standIn.beat(this.state.plan, effect);
        return;
      case 'listen':
        void this.standIn.listen(this.state.plan, effect.on);
        return;
      case 'releaseAddresses':
        this.releasing = this.releaseAddresses(effect.only);
        return;
      case 'log':
        this.log.log(effect.event, effect.fields);
        return;
    }
  }

  private spawn(adopt: boolean, held: readonly string[] | undefined): void {
    const output = this.options.foreground ? 'inherit' : 'ignore';
    const environment = { ...process.env };
    for (const name of OWN_VARIABLES) delete environment[name];
    const { plan } = this.state;
    const restart = plan !== undefined;
    const spoken = plan === undefined || plan.paths.length === 0 ? undefined : spokenKeyFile(plan);
    const directors = plan?.beat?.directors;
    const args = resolvedArguments(this.options);
    if (this.options.forceActive && !restart) args.push(FORCE_ACTIVE);
    const child: ChildProcess = spawn(process.execPath, [binaryPath('pulse-worker'), ...args], {
      argv0: 'pulse-worker',
      // A session of its own: Ctrl-C on the terminal is for the guardian, which stops pulse in order.
      detached: true,
      stdio: ['ignore', output, output],
      env: {
        ...environment,
        ...(adopt ? { PIRANHA_ADOPT: '1' } : {}),
        ...(adopt && held !== undefined ? { [HELD_GROUPS_VARIABLE]: held.join(' ') } : {}),
        ...(restart ? { [RESTARTED_VARIABLE]: '1' } : {}),
        ...(spoken === undefined ? {} : { [SPOKEN_VARIABLE]: spoken }),
        ...(directors === undefined ? {} : { [DIRECTORS_VARIABLE]: directors.join(' ') }),
      },
    });
    this.pid = child.pid;
    child.on('exit', () => {
      if (child.pid === this.pid) this.exited();
    });
    child.on('error', () => this.exited());
  }

  private tick(lateMs: number): void {
    this.checkExit();
    this.dispatch({ type: 'tick', lateMs });
  }

  private checkExit(): void {
    if (this.pid !== undefined && !isAlive(this.pid)) this.exited();
  }

  private exited(): void {
    this.pid = undefined;
    this.peer = undefined;
    this.dispatch({ type: 'exited' });
    this.stopped?.();
  }

  private async releaseAddresses(only?: readonly string[]): Promise<void> {
    try {
      await this.standIn.releaseAddresses(only);
    } catch (error) {
      this.log.log('PULSE_TAKE_SLOW', { problem: errorText(error) });
    }
  }
}

/** Empty for the original's words, and for a key that was agreed on beside them. */
function spokenKeyFile(plan: PulseAlive): string {
  return speaksWords(plan) ? '' : (plan.beat?.keyFile ?? '');
}
