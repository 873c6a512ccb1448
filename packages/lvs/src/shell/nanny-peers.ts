import type { ControlPeer, ProbeLoad, WeightReading } from '@piranha/protocol';
import {
  ALIVE_SCHEMA,
  HELLO_SCHEMA,
  type NannyLine,
  READING_SCHEMA,
  RESULT_SCHEMA,
  readNannyLine,
  TRANSITION_SCHEMA,
} from '../core/nanny-messages.js';
import type { ProbeReport } from '../core/probe-tally.js';
import { ASSIGNED_SCHEMA, BATCH_SCHEMA, INTERVALS_SCHEMA, LOAD_SCHEMA } from '../core/shared-messages.js';

interface NannyPeersOptions {
  /** Process that lvsd runs under this name now; a hello from any other is not believed. */
  readonly pidOf: (name: string) => number | undefined;
  /** The real services that a nanny of no other one watches: what it says is said of each. */
  readonly membersOf: (name: string) => readonly string[];
  readonly onHeard: (name: string) => void;
  readonly onHello: (name: string, peer: ControlPeer) => void;
  readonly onResult: (id: string, up: boolean, reason: string) => void;
  /** A nanny of one real service has checked it. */
  readonly onProbe: (id: string, probe: ProbeReport) => void;
  readonly onReading: (id: string, reading: WeightReading) => void;
  /** The same, once for each message of a nanny that is no shared one. */
  readonly onOwnReading: (name: string, reading: WeightReading) => void;
  readonly onLine: (id: string, line: NannyLine, pid: number | undefined) => void;
  /** True for a nanny that watches many; it may speak for those that are assigned to it. */
  readonly isShared: (id: string) => boolean;
  /** The real service of an assignment; undefined for one that holds no more. */
  readonly targetOf: (name: string, number: number) => string | undefined;
  readonly onAssigned: (name: string, batch: number, refused: ReadonlyMap<number, string>) => void;
  readonly onLoad: (name: string, load: ProbeLoad) => void;
  /** From begin to begin of the last two checks of a real service that a shared nanny watches, ms. */
  readonly onInterval: (id: string, intervalMs: number) => void;
  /** Something on the socket made no sense; told once for each connection. */
  readonly onStranger: (message: string) => void;
}

/** Who speaks of whom. */
interface Speaker {
  /** What it must call itself, or its real service. */
  readonly called: string;
  /** The real services that it means. */
  readonly ids: readonly string[];
  readonly pid: number | undefined;
}

/** Takes what is said of real services; false when it makes no sense or is called otherwise. */
type Listener = (speaker: Speaker, data: unknown) => boolean;

/** The nannies' side of lvsd's socket: who is who, and is what they say well formed. */
export class NannyPeers {
  /** Identity of a connection, known from its hello. */
  private readonly ids = new Map<number, string>();
  private readonly complained = new Set<number>();

  /** What is said of one real service, by its nanny or by a shared one. */
  private readonly listeners: ReadonlyMap<string, Listener> = new Map<string, Listener>([
    ['nanny.result', (speaker, data) => this.verdict(speaker, RESULT_SCHEMA.safeParse(data).data)],
    ['nanny.transition', (speaker, data) => this.verdict(speaker, TRANSITION_SCHEMA.safeParse(data).data)],
    ['nanny.reading', (speaker, data) => this.reading(speaker, READING_SCHEMA.safeParse(data).data)],
    ['nanny.log', (speaker, data) => this.line(speaker, data)],
  ]);

  constructor(private readonly options: NannyPeersOptions) {}

  /** Event handlers for the control server. */
  readonly events: Readonly<Record<string, (data: unknown, peer: ControlPeer) => void>> = {
    'nanny.hello': (data, peer) => this.hello(data, peer),
    'nanny.alive': (data, peer) => {
      const parsed = ALIVE_SCHEMA.safeParse(data);
      this.known('nanny.alive', parsed.data?.id, peer);
    },
    'nanny.result': (data, peer) => {
      const probe = RESULT_SCHEMA.safeParse(data).data;
      if (this.own('nanny.result', data, peer) && probe) this.options.onProbe(probe.id, probe);
    },
    'nanny.transition': (data, peer) => void this.own('nanny.transition', data, peer),
    'nanny.reading': (data, peer) => {
      const said = READING_SCHEMA.safeParse(data).data;
      if (this.own('nanny.reading', data, peer) && said) this.options.onOwnReading(said.id, said.reading);
    },
    'nanny.log': (data, peer) => void this.own('nanny.log', data, peer),
    'nanny.batch': (data, peer) => {
      const { data: batch } = BATCH_SCHEMA.safeParse(data);
      const name = this.known('nanny.batch', batch?.id, peer);
      if (name !== undefined && batch) this.shared(name, batch.messages, peer);
    },
    'nanny.assigned': (data, peer) => {
      const { data: answer } = ASSIGNED_SCHEMA.safeParse(data);
      const name = this.known('nanny.assigned', answer?.id, peer);
      if (name === undefined || !answer) return;
      const refused = new Map(answer.refused.map(({ number, problem }) => [number, problem]));
      this.options.onAssigned(name, answer.batch, refused);
    },
    'nanny.load': (data, peer) => {
      const { data: load } = LOAD_SCHEMA.safeParse(data);
      const name = this.known('nanny.load', load?.id, peer);
      if (name !== undefined && load) this.options.onLoad(name, load);
    },
    'nanny.intervals': (data, peer) => {
      const { data: told } = INTERVALS_SCHEMA.safeParse(data);
      const name = this.known('nanny.intervals', told?.id, peer);
      for (const [number, intervalMs] of (name !== undefined && told?.intervals) || []) {
        const id = this.options.targetOf(name ?? '', number);
        if (id !== undefined) this.options.onInterval(id, intervalMs);
      }
    },
  };

  readonly disconnected = (peer: ControlPeer): void => {
    this.ids.delete(peer.number);
    this.complained.delete(peer.number);
  };

  private hello(data: unknown, peer: ControlPeer): void {
    const { data: hello } = HELLO_SCHEMA.safeParse(data);
    if (!hello || this.options.pidOf(hello.id) !== hello.pid) {
      this.stranger('nanny.hello', peer);
      return;
    }
    this.ids.set(peer.number, hello.id);
    this.options.onHeard(hello.id);
    this.options.onHello(hello.id, peer);
  }

  /** What a nanny says in its own name; false when it makes no sense. */
  private own(event: string, data: unknown, peer: ControlPeer): boolean {
    const name = this.ids.get(peer.number);
    const { pidOf, membersOf, onHeard } = this.options;
    const speaker = name === undefined ? undefined : { called: name, ids: membersOf(name), pid: pidOf(name) };
    if (speaker === undefined || !this.listeners.get(event)?.(speaker, data)) {
      this.stranger(event, peer);
      return false;
    }
    onHeard(speaker.called);
    return true;
  }

  /** What a shared nanny says of its real services; what was on its way when an assignment ended is dropped. */
  private shared(
    name: string,
    messages: readonly (readonly [number, string, unknown])[],
    peer: ControlPeer,
  ): void {
    if (!this.options.isShared(name)) this.stranger('nanny.batch', peer);
    const pid = this.options.pidOf(name);
    for (const [number, event, data] of messages) {
      const id = this.options.targetOf(name, number);
      const speaker = id === undefined ? undefined : { called: id, ids: [id], pid };
      if (speaker && !this.listeners.get(event)?.(speaker, data)) this.stranger(event, peer);
    }
  }

  private verdict(
    { called, ids }: Speaker,
    verdict: { readonly id: string; readonly up: boolean; readonly reason: string } | undefined,
  ): boolean {
    if (verdict?.id !== called) return false;
    for (const id of ids) this.options.onResult(id, verdict.up, verdict.reason);
    return true;
  }

  private reading(
    { called, ids }: Speaker,
    said: { readonly id: string; readonly reading: WeightReading } | undefined,
  ): boolean {
    if (said?.id !== called) return false;
    for (const id of ids) this.options.onReading(id, said.reading);
    return true;
  }

  private line({ called, ids, pid }: Speaker, data: unknown): boolean {
    const line = readNannyLine(data);
    if (line?.id !== called) return false;
    // Of itself speak a shared nanny, and one that nobody needs any more.
    for (const id of ids.length === 0 ? [called] : ids) this.options.onLine(id, line, pid);
    return true;
  }

  /** The sender's identity if it is the one that the message claims. */
  private known(message: string, claimed: string | undefined, peer: ControlPeer): string | undefined {
    const id = this.ids.get(peer.number);
    if (id === undefined || id !== claimed) {
      this.stranger(message, peer);
      return undefined;
    }
    this.options.onHeard(id);
    return id;
  }

  private stranger(message: string, peer: ControlPeer): void {
    if (this.complained.has(peer.number)) return;
    this.complained.add(peer.number);
    this.options.onStranger(message);
  }
}
