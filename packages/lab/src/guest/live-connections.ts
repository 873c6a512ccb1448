import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import { PORTS } from './real-server.js';
import { until } from './requests.js';

const ECHO_LIMIT_MS = 20_000;
const YOUNGEST_MS = 200;

interface LiveConnection {
  readonly socket: Socket;
  readonly openedAtMs: number;
  /** Numbers that came back. */
  echoed: number;
  problem: string | undefined;
  /** At the last count. */
  isAlive: boolean;
}

/** What opens connections: a host by TCP, or something of its kind. */
export interface Connector {
  connect(host: string, port: number): Socket;
}

/** Long connections of a client to an echo service, to see which of them outlive what happens to their director. */
export class LiveConnections {
  private readonly connections: LiveConnection[] = [];

  constructor(
    private readonly client: Connector,
    private readonly address: string,
    private readonly port: number = PORTS.echo,
  ) {}

  /**
   * Opens `count` connections spread over `spanMs`, while other clients come and go; the youngest is `YOUNGEST_MS` old
   * when this resolves. The kernel keeps its newest synchronisation message back until another one follows it.
   */
  async openAmongOthers(count: number, spanMs: number): Promise<void> {
    let isOver = false;
    const others = async (): Promise<void> => {
      for (; !isOver; await pause(50)) await this.comeAndGo();
    };
    const traffic = others();
    await this.open(count, spanMs);
    await pause(YOUNGEST_MS);
    isOver = true;
    await traffic;
  }

  /** Opens `count` connections spread over `spanMs`; each has echoed once when this resolves. */
  async open(count: number, spanMs: number): Promise<void> {
    for (let number = 0; number < count; number += 1) {
      await this.openOne();
      if (number < count - 1) await pause(spanMs / count);
    }
  }

  /** The client's ports. */
  ports(): readonly number[] {
    return this.connections.map(({ socket }) => socket.localPort ?? 0);
  }

  /** Sends on every connection and tells how many answer, and what became of the others. */
  async survivors(): Promise<{ readonly alive: number; readonly problems: readonly string[] }> {
    const before = this.connections.map(({ echoed }) => echoed);
    for (const { socket, problem } of this.connections) if (problem === undefined) socket.write('x');
    const look = (): void => {
      for (const [index, one] of this.connections.entries()) one.isAlive = one.echoed > (before[index] ?? 0);
    };
    const settled = (): boolean => {
      look();
      return this.connections.every(({ isAlive, problem }) => isAlive || problem !== undefined);
    };
    await until('every echo', settled, ECHO_LIMIT_MS).catch(() => undefined);
    const lost = this.connections.filter(({ isAlive }) => !isAlive);
    const problems = lost.map(
      ({ problem, openedAtMs }) =>
        `aged ${Math.round(monotonicNowMs() - openedAtMs)} ms: ${problem ?? 'no echo'}`,
    );
    return { alive: this.connections.length - lost.length, problems };
  }

  /** How old those were at that moment, monotonic ms, which did not survive the last count; milliseconds. */
  lostAgesMs(atMs: number): readonly number[] {
    return this.connections.filter(({ isAlive }) => !isAlive).map(({ openedAtMs }) => atMs - openedAtMs);
  }

  /** Ends them so that no director remembers them for long: one that is closed in order is known for two minutes. */
  reset(): void {
    for (const { socket } of this.connections) socket.resetAndDestroy();
    this.connections.length = 0;
  }

  close(): void {
    for (const { socket } of this.connections) socket.destroy();
    this.connections.length = 0;
  }

  private comeAndGo(): Promise<void> {
    return new Promise((resolve) => {
      const socket = this.client.connect(this.address, this.port);
      socket.once('connect', () => socket.destroy());
      socket.once('error', () => undefined);
      socket.once('close', () => resolve());
    });
  }

  private async openOne(): Promise<void> {
    const connection: LiveConnection = {
      socket: this.client.connect(this.address, this.port),
      openedAtMs: monotonicNowMs(),
      echoed: 0,
      problem: undefined,
      isAlive: true,
    };
    const { socket } = connection;
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      connection.echoed += data.length;
    });
    socket.on('error', (error) => {
      connection.problem = error.message;
    });
    socket.on('close', () => {
      connection.problem ??= 'closed';
    });
    this.connections.push(connection);
    socket.write('x');
    await until(
      'the first echo',
      () => connection.echoed > 0 || connection.problem !== undefined,
      ECHO_LIMIT_MS,
    );
    if (connection.problem !== undefined) throw new Error(`an echo connection failed: ${connection.problem}`);
  }
}
