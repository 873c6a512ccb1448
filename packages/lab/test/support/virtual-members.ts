import { type ByteOrder, decodeHeartbeat, encodeHeartbeat } from '@piranha/protocol';
import { nextTickMs, stepPulse } from '../../../pulse/src/core/machine.js';
import { startPulse } from '../../../pulse/src/core/start.js';
import type {
  PulseEvent,
  PulseSettings,
  PulseStart,
  PulseState,
  PulseStep,
} from '../../../pulse/src/core/types.js';
import {
  type OldPulseEvent,
  type OldPulseSettings,
  type OldPulseState,
  type OldPulseStep,
  oldPulseDueMs,
  startOldPulse,
  stepOldPulse,
} from '../../src/index.js';

/** What a member of a virtual pair may use of the world around it. Times are those of one virtual clock, ms. */
export interface VirtualWorld {
  nowMs(): number;
  after(delayMs: number, run: () => void): void;
  transmit(bytes: Uint8Array): void;
  /** Uniform in [0, 1). */
  random(): number;
}

/** One director of a virtual pair, ours or an original. */
export interface VirtualMember {
  readonly holding: boolean;
  readonly alive: boolean;
  readonly log: readonly string[];
  dueMs(): number;
  tick(): void;
  receive(bytes: Uint8Array): void;
  crash(): void;
  /** SIGTERM. */
  stop(): void;
  /** The process does not run for a while; what arrives waits in its socket. */
  sleep(durationMs: number): void;
}

export interface OurTimes {
  takeMs: number;
  dropMs: number;
}

/** The real state machine of pulse. */
export class OurMember implements VirtualMember {
  holding = false;
  alive = true;
  readonly log: string[] = [];
  readonly handovers: boolean[] = [];
  private state: PulseState;
  private byteOrder: ByteOrder = 'little';
  private asleepUntilMs = 0;
  private waiting: Uint8Array[] = [];

  constructor(
    private readonly settings: PulseSettings,
    private readonly times: OurTimes,
    private readonly world: VirtualWorld,
    how: PulseStart,
  ) {
    const step = startPulse(settings, how, world.nowMs());
    this.state = step.state;
    this.commit(step);
  }

  dueMs(): number {
    if (!this.alive) return Infinity;
    return Math.max(this.asleepUntilMs, nextTickMs(this.settings, this.state));
  }

  tick(): void {
    this.send({ type: 'tick', lateMs: 0 });
  }

  receive(bytes: Uint8Array): void {
    if (!this.alive) return;
    if (this.world.nowMs() < this.asleepUntilMs) {
      this.waiting.push(bytes);
      return;
    }
    const verdict = decodeHeartbeat(Buffer.from(bytes));
    if (verdict.type !== 'word') return;
    this.byteOrder = verdict.byteOrder;
    this.send({ type: 'heard', word: verdict.word, random: this.world.random() });
  }

  crash(): void {
    this.alive = false;
    this.holding = false;
  }

  stop(): void {
    this.send({ type: 'shutdown', signal: 'SIGTERM' });
  }

  handover(): void {
    this.send({ type: 'handover' });
  }

  sleep(durationMs: number): void {
    this.asleepUntilMs = Math.max(this.asleepUntilMs, this.world.nowMs() + durationMs);
    this.world.after(durationMs, () => {
      if (this.world.nowMs() < this.asleepUntilMs) return;
      // The timer that is late runs first, then what waits in the socket.
      this.send({ type: 'tick', lateMs: durationMs });
      for (const bytes of this.waiting.splice(0)) this.receive(bytes);
    });
  }

  private send(event: PulseEvent): void {
    if (this.alive) this.commit(stepPulse(this.settings, this.state, event, this.world.nowMs()));
  }

  private commit(step: PulseStep): void {
    this.state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'send') this.world.transmit(encodeHeartbeat(effect.word, this.byteOrder));
      if (effect.type === 'log') this.log.push(effect.event);
      if (effect.type === 'handoverResult') this.handovers.push(effect.ok);
      if (effect.type === 'exit') this.crash();
      if (effect.type === 'take') this.world.after(this.times.takeMs, () => this.finish(true));
      if (effect.type === 'drop') this.world.after(this.times.dropMs, () => this.finish(false));
    }
  }

  private finish(holding: boolean): void {
    const asleepMs = this.asleepUntilMs - this.world.nowMs();
    if (asleepMs > 0) {
      this.world.after(asleepMs, () => this.finish(holding));
      return;
    }
    // A later wish replaced this one.
    if (!this.alive || (this.state.duty === 'dropping') === holding) return;
    this.holding = holding;
    this.send({ type: holding ? 'taken' : 'dropped' });
  }
}

export interface OldTimes {
  /** lvsd's start. */
  activateMs: number;
  /** lvsd's end. */
  deactivateMs: number;
}

/** An original. */
export class OldMember implements VirtualMember {
  alive = true;
  readonly log: string[] = [];
  readonly sent: Uint8Array[] = [];
  /** What its wall clock is ahead of true time, ms. */
  clockOffsetMs = 0;
  private state: OldPulseState;
  private asleepUntilMs = 0;
  private waiting: OldPulseEvent[] = [];

  constructor(
    private readonly settings: OldPulseSettings,
    private readonly times: OldTimes,
    private readonly world: VirtualWorld,
  ) {
    const step = startOldPulse(settings, world.nowMs());
    this.state = step.state;
    this.commit(step);
  }

  get holding(): boolean {
    return this.alive && this.state.holding;
  }

  /** Caught for ever in its own signal handler. */
  get caught(): boolean {
    return this.state.phase === 'spinning';
  }

  dueMs(): number {
    if (!this.alive) return Infinity;
    return Math.max(this.asleepUntilMs, oldPulseDueMs(this.state) - this.clockOffsetMs);
  }

  tick(): void {
    this.send({ type: 'tick' });
  }

  receive(bytes: Uint8Array): void {
    this.send({ type: 'datagram', datagram: { bytes, fromPartner: true } });
  }

  crash(): void {
    this.alive = false;
  }

  stop(): void {
    this.send({ type: 'signal', signal: 'SIGTERM' });
  }

  sleep(durationMs: number): void {
    this.asleepUntilMs = Math.max(this.asleepUntilMs, this.world.nowMs() + durationMs);
    this.world.after(durationMs, () => {
      for (const event of this.waiting.splice(0)) this.send(event);
    });
  }

  send(event: OldPulseEvent): void {
    if (!this.alive) return;
    if (this.world.nowMs() < this.asleepUntilMs) {
      this.waiting.push(event);
      return;
    }
    const wallMs = this.world.nowMs() + this.clockOffsetMs;
    this.commit(stepOldPulse(this.settings, this.state, event, wallMs));
  }

  private commit(step: OldPulseStep): void {
    this.state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'log') this.log.push(effect.text);
      if (effect.type === 'exit') this.alive = false;
      if (effect.type === 'activate')
        this.world.after(this.times.activateMs, () => this.send({ type: 'activated' }));
      if (effect.type === 'deactivate')
        this.world.after(this.times.deactivateMs, () => this.send({ type: 'deactivated' }));
      if (effect.type !== 'send') continue;
      this.sent.push(effect.bytes);
      this.world.transmit(effect.bytes);
    }
  }
}
