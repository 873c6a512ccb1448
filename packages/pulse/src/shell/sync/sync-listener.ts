import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { errorText, monotonicNowMs, patient, UserError } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { decodeFrame, encodeFrame, frameError, LineSplitter } from '@piranha/protocol';
import { readSyncIdentity, syncKey } from '@piranha/protocol/beat';
import { SyncDoor } from '../../core/sync-door.js';
import { SYNC_FRAME_LIMIT_BYTES, SYNC_LIMITS, SYNC_TLS, type SyncLimits, type SyncLine } from './sync-tls.js';

/** A request of the partner's. */
export interface SyncCall {
  readonly method: string;
  readonly params: unknown;
  /** From where it came. */
  readonly address: string;
}

/** Answers the partner; a UserError travels to it with its code and hint. */
export type SyncHandler = (call: SyncCall) => Promise<unknown>;

/** How a connection ends on which no whole ClientHello came, and whether that is told. */
const WITHOUT_HELLO: Readonly<Record<string, 'told' | 'usual'>> = {
  ECONNRESET: 'usual',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'told',
};

/** Listens on the heartbeat addresses for the partner alone: one request and one answer on each connection. */
export class SyncListener {
  private readonly door = new SyncDoor();
  private readonly sockets = new Set<Socket>();
  private readonly proven = new WeakSet<TLSSocket>();
  private readonly tls: TlsServer;
  private servers: readonly Server[] = [];
  private line: SyncLine | undefined;
  private place = '';

  constructor(
    private readonly log: EventLog,
    private readonly handle: SyncHandler,
    private readonly limits: SyncLimits = SYNC_LIMITS,
  ) {
    this.tls = createTlsServer({
      ...SYNC_TLS,
      handshakeTimeout: patient(limits.handshakeMs),
      pskCallback: (socket, identity) => this.keyFor(socket as TLSSocket, identity),
    });
    this.tls.on('secureConnection', (socket) => this.begin(socket));
    this.tls.on('tlsClientError', (error, socket) => {
      this.failed('code' in error ? String(error.code) : error.message, socket);
      socket.destroy();
    });
  }

  /** Goes on with other addresses or keys; without a line nobody is let in. An address that cannot be used is told. */
  async change(line: SyncLine | undefined): Promise<void> {
    this.line = line;
    const place = JSON.stringify([line?.paths.map(({ local }) => local), line?.port]);
    if (place === this.place) return;
    this.stopListening();
    this.place = place;
    if (line === undefined) return;
    // A path by a group may share its own address with another one.
    const places = line.paths.filter(
      ({ local }, index) => line.paths.findIndex((one) => one.local === local) === index,
    );
    const opened = await Promise.all(places.map(({ name, local }) => this.open(name, local, line.port)));
    const usable = opened.filter((server) => server !== undefined);
    // What could not be opened is tried again at the next change.
    if (usable.length < opened.length) this.place = '';
    this.servers = [...this.servers, ...usable];
  }

  close(): void {
    this.stopListening();
    this.line = undefined;
    for (const socket of this.sockets) socket.destroy();
  }

  private stopListening(): void {
    for (const server of this.servers) server.close();
    this.servers = [];
  }

  private open(path: string, host: string, port: number): Promise<Server | undefined> {
    const server = createServer((socket) => this.knock(socket));
    return new Promise((resolve) => {
      server.once('error', (error) => {
        this.log.log('PULSE_SYNC_UNAVAILABLE', {
          path,
          address: `${host}:${port}`,
          problem: errorText(error),
        });
        resolve(undefined);
      });
      server.listen({ host, port, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', () => undefined);
        resolve(server);
      });
    });
  }

  private knock(socket: Socket): void {
    const partners = this.line?.paths.map(({ partner }) => partner) ?? [];
    const refusal = this.door.refusal(socket.remoteAddress, partners, monotonicNowMs());
    socket.on('error', () => socket.destroy());
    if (refusal !== undefined) {
      this.denied(socket.remoteAddress, refusal);
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.door.left();
    });
    this.tls.emit('connection', socket);
  }

  /** The key of an identity that speaks to this node as its partner. */
  private keyFor(socket: TLSSocket, text: string): Buffer | null {
    const { line } = this;
    const identity = readSyncIdentity(text);
    if (line === undefined || identity?.to !== line.node || identity.from !== line.peer) return null;
    const key = syncKey(line.ring, identity);
    if (key === undefined) return null;
    this.proven.add(socket);
    return key;
  }

  private begin(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy());
    const address = socket.remoteAddress ?? 'unknown';
    if (!this.proven.has(socket)) {
      this.door.failed(monotonicNowMs());
      this.denied(address, 'no key');
      socket.destroy();
      return;
    }
    const splitter = new LineSplitter(SYNC_FRAME_LIMIT_BYTES);
    let deadline = setTimeout(() => socket.destroy(), patient(this.limits.transferMs));
    socket.once('close', () => clearTimeout(deadline));
    const answer = (text: string): void => {
      clearTimeout(deadline);
      deadline = setTimeout(() => socket.destroy(), patient(this.limits.transferMs));
      socket.end(text);
    };
    socket.on('data', (chunk: Buffer) => {
      try {
        const [request] = splitter.push(chunk);
        if (request === undefined) return;
        // One request: what comes behind it is read by nobody.
        socket.removeAllListeners('data').resume();
        clearTimeout(deadline);
        void this.answer(request, address).then(answer);
      } catch (error) {
        socket.removeAllListeners('data').resume();
        answer(encodeFrame({ error: frameError(error) }));
      }
    });
  }

  private failed(reason: string, socket: TLSSocket): void {
    // Nobody who guesses: a monitor that looks at the port says nothing. A hello that is replayed asks for a key.
    const hasTried = this.proven.has(socket) || !(reason in WITHOUT_HELLO);
    if (hasTried) this.door.failed(monotonicNowMs());
    if (hasTried || WITHOUT_HELLO[reason] === 'told') this.denied(socket.remoteAddress, reason);
  }

  private async answer(request: string, address: string): Promise<string> {
    try {
      const { id = 0, method, params } = decodeFrame(request);
      if (method === undefined) throw new UserError('request without method', { code: 'CONTROL_BAD_FRAME' });
      return encodeFrame({ id, result: await this.handle({ method, params, address }) });
    } catch (error) {
      return encodeFrame({ id: 0, error: frameError(error) });
    }
  }

  private denied(address = 'unknown', reason: string): void {
    const count = this.door.news(reason, monotonicNowMs());
    if (count !== undefined) this.log.log('PULSE_SYNC_DENIED', { address, reason, count });
  }
}
