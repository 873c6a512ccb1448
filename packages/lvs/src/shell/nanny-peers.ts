import type { ControlPeer } from '@piranha/protocol';
import {
  ALIVE_SCHEMA,
  HELLO_SCHEMA,
  type NannyLine,
  RESULT_SCHEMA,
  readNannyLine,
  TRANSITION_SCHEMA,
} from '../core/nanny-messages.js';

interface NannyPeersOptions {
  /** Process that lvsd runs as this nanny now; a hello from any other is not believed. */
  readonly pidOf: (id: string) => number | undefined;
  readonly onHeard: (id: string) => void;
  readonly onHello: (id: string) => void;
  readonly onResult: (id: string, up: boolean, reason: string) => void;
  readonly onLine: (line: NannyLine, pid: number | undefined) => void;
  /** Something on the socket made no sense; told once for each connection. */
  readonly onStranger: (message: string) => void;
}

/** The nannies' side of lvsd's socket: who is who, and is what they say well formed. */
export class NannyPeers {
  /** Identity of a connection, known from its hello. */
  private readonly ids = new Map<number, string>();
  private readonly complained = new Set<number>();

  constructor(private readonly options: NannyPeersOptions) {}

  /** Event handlers for the control server. */
  readonly events: Readonly<Record<string, (data: unknown, peer: ControlPeer) => void>> = {
    'nanny.hello': (data, peer) => this.hello(data, peer),
    'nanny.alive': (data, peer) => {
      const parsed = ALIVE_SCHEMA.safeParse(data);
      this.known('nanny.alive', parsed.data?.id, peer);
    },
    'nanny.result': (data, peer) => {
      const { data: result } = RESULT_SCHEMA.safeParse(data);
      const id = this.known('nanny.result', result?.id, peer);
      if (id !== undefined && result) this.options.onResult(id, result.up, result.reason);
    },
    'nanny.transition': (data, peer) => {
      const { data: transition } = TRANSITION_SCHEMA.safeParse(data);
      const id = this.known('nanny.transition', transition?.id, peer);
      if (id !== undefined && transition) this.options.onResult(id, transition.up, transition.reason);
    },
    'nanny.log': (data, peer) => {
      const line = readNannyLine(data);
      const id = this.known('nanny.log', line?.id, peer);
      if (id !== undefined && line) this.options.onLine(line, this.options.pidOf(id));
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
    this.options.onHello(hello.id);
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
