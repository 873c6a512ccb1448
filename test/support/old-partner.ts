import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { NodeRole } from '@piranha/protocol';
import {
  type OldPulseEffect,
  type OldPulseEvent,
  type OldPulseSettings,
  type OldPulseState,
  type OldPulseStep,
  oldPulseDueMs,
  startOldPulse,
  stepOldPulse,
} from '../../packages/lab/src/index.js';
import type { PairLayout } from './pair-configuration.js';

/** What its lvsd takes to start and to end, ms. */
const ACTIVATE_MS = 150;
const DEACTIVATE_MS = 100;

export interface HeardDatagram {
  readonly hex: string;
  readonly address: string;
  readonly port: number;
  /** Our address that it came to. */
  readonly to: string;
  readonly atMs: number;
}

interface OpenSocket {
  readonly socket: Socket;
  readonly address: string;
  readonly partner: string;
}

/**
 * An original pulse on real UDP sockets and the wall clock. It touches no address: what it would hold is `holding`.
 */
export class OldPartner {
  readonly log: string[] = [];
  readonly heard: HeardDatagram[] = [];
  /** Words get lost both ways. */
  isCut = false;
  /** Its words get lost; it hears. */
  isMute = false;
  private readonly settings: OldPulseSettings;
  private state: OldPulseState | undefined;
  private sockets: readonly OpenSocket[] = [];
  private timers: NodeJS.Timeout[] = [];
  private loop: NodeJS.Timeout | undefined;
  private onEnd: (() => void) | undefined;

  constructor(
    readonly role: NodeRole,
    private readonly layout: PairLayout,
    settings: Pick<OldPulseSettings, 'keepaliveSeconds' | 'deadtimeSeconds'> & Partial<OldPulseSettings>,
  ) {
    this.settings = { role, hasPartner: true, byteOrder: 'little', failoverWords: 'known', ...settings };
  }

  get holding(): boolean {
    return this.state?.holding === true;
  }

  get active(): boolean {
    return this.state?.active === true;
  }

  /** Binds its public and its private address and begins. @param forceActive `--forceactive`, for this start alone */
  async start({ forceActive = this.settings.forceActive } = {}): Promise<void> {
    const { primary, backup, primaryPrivate, backupPrivate } = this.layout;
    const pairs = [
      [primary, backup],
      [primaryPrivate, backupPrivate],
    ] as const;
    this.log.length = 0;
    this.heard.length = 0;
    this.sockets = await Promise.all(
      pairs.map(([ofPrimary, ofBackup]) =>
        this.role === 'primary' ? this.open(ofPrimary, ofBackup) : this.open(ofBackup, ofPrimary),
      ),
    );
    this.commit(startOldPulse({ ...this.settings, forceActive }, Date.now()));
  }

  /** SIGTERM; resolves at its exit. */
  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.onEnd = resolve;
    });
    this.step({ type: 'signal', signal: 'SIGTERM' });
    await ended;
  }

  /** The machine is gone at once. */
  crash(): void {
    for (const timer of this.timers) clearTimeout(timer);
    clearTimeout(this.loop);
    this.timers = [];
    for (const { socket } of this.sockets) socket.close();
    this.sockets = [];
    this.state = undefined;
  }

  /** Sends any bytes from each of its addresses. */
  sendRaw(bytes: Uint8Array): void {
    for (const { socket, partner } of this.sockets) socket.send(bytes, this.layout.heartbeatPort, partner);
  }

  step(event: OldPulseEvent): void {
    if (this.state !== undefined) this.commit(stepOldPulse(this.settings, this.state, event, Date.now()));
  }

  private async open(address: string, partner: string): Promise<OpenSocket> {
    const socket = createSocket('udp4');
    socket.bind(this.layout.heartbeatPort, address);
    await once(socket, 'listening');
    socket.on('error', () => undefined);
    socket.on('message', (bytes, from) => this.receive(bytes, from, address));
    return { socket, address, partner };
  }

  private receive(
    bytes: Buffer,
    from: { readonly address: string; readonly port: number },
    to: string,
  ): void {
    if (this.isCut) return;
    const { address, port } = from;
    this.heard.push({ hex: bytes.toString('hex'), address, port, to, atMs: performance.now() });
    const fromPartner = this.sockets.some(({ partner }) => partner === address);
    this.step({ type: 'datagram', datagram: { bytes, fromPartner } });
  }

  private commit(step: OldPulseStep): void {
    this.state = step.state;
    for (const effect of step.effects) this.run(effect);
    this.plan();
  }

  private run(effect: OldPulseEffect): void {
    if (effect.type === 'log') this.log.push(effect.text);
    if (effect.type === 'send' && !this.isCut && !this.isMute) this.sendRaw(effect.bytes);
    if (effect.type === 'activate') this.later(ACTIVATE_MS, { type: 'activated' });
    if (effect.type === 'deactivate') this.later(DEACTIVATE_MS, { type: 'deactivated' });
    if (effect.type !== 'exit') return;
    this.crash();
    this.onEnd?.();
  }

  private later(delayMs: number, event: OldPulseEvent): void {
    this.timers.push(setTimeout(() => this.step(event), delayMs));
  }

  private plan(): void {
    clearTimeout(this.loop);
    if (this.state === undefined) return;
    const dueMs = oldPulseDueMs(this.state);
    if (dueMs === Infinity) return;
    this.loop = setTimeout(() => this.step({ type: 'tick' }), Math.max(0, dueMs - Date.now()));
  }
}
