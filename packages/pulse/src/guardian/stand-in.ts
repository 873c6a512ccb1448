import type { Socket } from 'node:dgram';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import {
  type ByteOrder,
  ControlClient,
  decodeHeartbeat,
  encodeHeartbeat,
  type PulseAlive,
  type RunDirectory,
  type StoodIn,
  type VipAnswer,
} from '@piranha/protocol';
import { beatsCount, speaksWords } from '../core/beats-count.js';
import type { GroupWord } from '../core/guardian.js';
import type { SaidWords } from '../core/stand-in-voice.js';
import { HeartbeatSockets, type SocketPath } from '../shell/heartbeat-sockets.js';
import { heartbeatSocket, sendToGroups } from '../shell/path-socket.js';
import { BeatStandIn } from './beat-stand-in.js';

/** How soon a heartbeat port that was taken is tried again, ms. */
const LISTEN_RETRY_MS = 50;

/** What the guardian does on the network in pulse's stead: beat, listen, put addresses down. */
export class StandIn {
  private readonly senders = new Map<string, Socket>();
  private listeners: HeartbeatSockets<SocketPath> | undefined;
  /** Where to listen; undefined while the ports are pulse's. */
  private listenPlan: PulseAlive | undefined;
  private opening = false;
  private byteOrder: ByteOrder = 'little';
  /** While this process stands in: what it says. */
  private lastSaid: { readonly plan: PulseAlive; readonly said: SaidWords } | undefined;
  private readonly beats: BeatStandIn;
  /** When a beat of the partner's counted. */
  private beatHeardMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly files: RunDirectory,
    private readonly director: string,
    private readonly onHeard: (word: SaidWords['word'], groups: readonly GroupWord[]) => void,
    /** Keys could not be read; what was read before stays in use. */
    onProblem: (problem: string) => void = () => undefined,
  ) {
    this.beats = new BeatStandIn(onProblem);
  }

  /** Sends a word on every path from the path's own address; any source port does. */
  beat(plan: PulseAlive, said: SaidWords): void {
    const words = encodeHeartbeat(said.word, this.byteOrder);
    // A group reaches every director on its network at once.
    const reached = new Set<string>();
    for (const { local, partner, name = '', multicast } of plan.paths) {
      const target = multicast ?? partner;
      if (reached.has(`${local} ${target}`)) continue;
      reached.add(`${local} ${target}`);
      const beat = plan.beat && this.beats.say(plan, plan.beat, said, name, target);
      const sender = this.sender(local, multicast !== undefined);
      for (const datagram of [beat, speaksWords(plan) ? words : undefined]) {
        if (datagram !== undefined) sender.send(datagram, plan.port, target, () => undefined);
      }
    }
    this.lastSaid = { plan, said };
  }

  /** pulse reported: what a stand-in will need is made ready. Gives what pulse must know of an earlier one. */
  reported(plan: PulseAlive): StoodIn | undefined {
    this.lastSaid = undefined;
    return plan.beat === undefined ? undefined : this.beats.reported(plan.beat);
  }

  /**
   * Listens on the heartbeat ports while pulse is down. A port may stay taken for a moment after pulse's end, so it is
   * tried again; until then the guardian beats all the same.
   */
  async listen(plan: PulseAlive | undefined, on: boolean): Promise<void> {
    this.listenPlan = on ? plan : undefined;
    if (!on) {
      this.listeners?.close();
      this.listeners = undefined;
    }
    if (this.opening) return;
    this.opening = true;
    while (this.listenPlan !== undefined && this.listeners === undefined) {
      if (!(await this.tryToListen(this.listenPlan))) await wait(LISTEN_RETRY_MS);
    }
    this.opening = false;
  }

  /** Puts down every address that is held, wherever it is. @param only these, where others stay */
  async releaseAddresses(only?: readonly string[]): Promise<void> {
    if (this.director === 'userspace') return this.releaseFromIpvsu(only);
    // Only now: a guardian stays small.
    const { releaseRecorded } = await import('../shell/release-recorded.js');
    return releaseRecorded(this.files.heldAddresses, only);
  }

  private async releaseFromIpvsu(only?: readonly string[]): Promise<void> {
    const client = await ControlClient.connect({ path: this.files.ipvsuSocket });
    try {
      const { held } = (await client.call('vip.list')) as VipAnswer;
      const addresses = only === undefined ? held : held.filter((address) => only.includes(address));
      if (addresses.length > 0) await client.call('vip.release', { addresses });
    } finally {
      client.close();
    }
  }

  close(): void {
    this.listenPlan = undefined;
    this.listeners?.close();
    for (const socket of this.senders.values()) socket.close();
    this.senders.clear();
  }

  private async tryToListen(plan: PulseAlive): Promise<boolean> {
    const paths = plan.paths.map((path) => ({ ...path, name: path.name ?? '' }));
    const partners = new Set(paths.map(({ partner }) => partner));
    let opened: HeartbeatSockets<SocketPath>;
    try {
      opened = await HeartbeatSockets.open(paths, plan.port, {
        onDatagram: ({ name }, datagram, address) => this.received(plan, partners, name, datagram, address),
        onSendChange: () => undefined,
      });
    } catch {
      return false;
    }
    // Meanwhile pulse may be back, or report other paths: then the loop decides anew.
    if (this.listenPlan === plan) this.listeners = opened;
    else opened.close();
    return true;
  }

  private sender(local: string, toGroups: boolean): Socket {
    const key = toGroups ? `${local} group` : local;
    const known = this.senders.get(key);
    if (known !== undefined) return known;
    const socket = heartbeatSocket(local);
    socket.on('error', () => {
      this.senders.delete(key);
    });
    socket.bind(0, local, () => {
      if (!toGroups) return;
      try {
        sendToGroups(socket, local);
      } catch {
        // The address is gone: it is tried anew with the next beat.
        this.senders.delete(key);
        socket.close();
      }
    });
    this.senders.set(key, socket);
    return socket;
  }

  private received(
    plan: PulseAlive,
    partners: ReadonlySet<string>,
    path: string,
    datagram: Buffer,
    address: string,
  ): void {
    if (!partners.has(address)) return;
    const verdict = decodeHeartbeat(datagram);
    if (plan.beat !== undefined && !(speaksWords(plan) && verdict.type === 'word')) {
      const { word, groups, answer } = this.beats.hear(plan, plan.beat, path, datagram);
      const { lastSaid } = this;
      if (answer && lastSaid !== undefined) this.beat(lastSaid.plan, lastSaid.said);
      if (word === undefined) return;
      this.beatHeardMs = monotonicNowMs();
      this.onHeard(word, groups);
      return;
    }
    if (beatsCount({ heardMs: this.beatHeardMs }, plan.deadtimeMs, monotonicNowMs())) return;
    if (verdict.type !== 'word') return;
    this.byteOrder = verdict.byteOrder;
    this.onHeard(verdict.word, []);
  }
}
