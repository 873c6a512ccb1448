import { createSocket, type Socket } from 'node:dgram';
import {
  ControlClient,
  decodeHeartbeat,
  encodeHeartbeat,
  type HeartbeatWord,
  type PulseAlive,
  type RunDirectory,
  type VipAnswer,
} from '@piranha/protocol';
import { HeartbeatSockets } from '../shell/heartbeat-sockets.js';

/** What the guardian does on the network in pulse's stead: beat, listen, put addresses down. */
export class StandIn {
  private readonly senders = new Map<string, Socket>();
  private listeners: HeartbeatSockets | undefined;
  private wantListening = false;

  constructor(
    private readonly files: RunDirectory,
    private readonly onHeard: (word: HeartbeatWord) => void,
  ) {}

  /** Sends a word on every path from the path's own address; any source port does. */
  beat(plan: PulseAlive, word: HeartbeatWord): void {
    const datagram = encodeHeartbeat(word);
    for (const { local, partner } of plan.paths) {
      this.sender(local).send(datagram, plan.port, partner, () => undefined);
    }
  }

  /** Listens on the heartbeat ports while pulse is down. A port that is still taken is left alone. */
  async listen(plan: PulseAlive | undefined, on: boolean): Promise<void> {
    this.wantListening = on;
    if (!on) {
      this.listeners?.close();
      this.listeners = undefined;
      return;
    }
    if (plan === undefined || this.listeners !== undefined) return;
    const paths = plan.paths.map((path) => ({ ...path, name: 'public' as const }));
    const partners = new Set(paths.map(({ partner }) => partner));
    try {
      const opened = await HeartbeatSockets.open(paths, plan.port, {
        onDatagram: (_, datagram, address) => this.received(partners, datagram, address),
        onSendChange: () => undefined,
      });
      if (this.wantListening) this.listeners = opened;
      else opened.close();
    } catch {
      // pulse is not quite gone; without ears the guardian still beats.
    }
  }

  /** Puts down every address that is held. */
  async releaseAddresses(): Promise<void> {
    const client = await ControlClient.connect({ path: this.files.ipvsuSocket });
    try {
      const { held } = (await client.call('vip.list')) as VipAnswer;
      if (held.length > 0) await client.call('vip.release', { addresses: held });
    } finally {
      client.close();
    }
  }

  close(): void {
    this.wantListening = false;
    this.listeners?.close();
    for (const socket of this.senders.values()) socket.close();
    this.senders.clear();
  }

  private sender(local: string): Socket {
    const known = this.senders.get(local);
    if (known !== undefined) return known;
    const socket = createSocket('udp4');
    socket.on('error', () => {
      this.senders.delete(local);
    });
    socket.bind(0, local);
    this.senders.set(local, socket);
    return socket;
  }

  private received(partners: ReadonlySet<string>, datagram: Buffer, address: string): void {
    if (!partners.has(address)) return;
    const verdict = decodeHeartbeat(datagram);
    if (verdict.type === 'word') this.onHeard(verdict.word);
  }
}
