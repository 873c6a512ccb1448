import type { Socket } from 'node:dgram';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import { ControlClient, type PulseStatus } from '@piranha/protocol';

/** That many fit into a socket's buffer of the default size, whatever their length. */
export const BATCH = 64;
/** What has not been counted by then was dropped by the kernel, ms. */
const COUNTED_WITHIN_MS = 3_000;
const CALL_LIMIT_MS = 10_000;

/** A packet on its way to a director. */
export interface Shot {
  readonly packet: Buffer;
  readonly from: Socket;
  /** False for one that is taken for the partner's word, as it may be. */
  readonly isDropped: boolean;
}

/** Sums of what a director counts, since it was begun to be fed. */
interface Counted {
  dropped: number;
  /** By the kernel, before pulse saw them. */
  lost: number;
}

/** Feeds one director, no faster than it counts what it got. */
export class Feed {
  private readonly counted: Counted = { dropped: 0, lost: 0 };
  private expected = 0;

  private constructor(
    private readonly client: ControlClient,
    private readonly target: { readonly address: string; readonly port: number },
    private readonly before: number,
  ) {}

  static async open(socketPath: string, target: Feed['target']): Promise<Feed> {
    const client = await ControlClient.connect({ path: socketPath });
    return new Feed(client, target, await droppedBy(client));
  }

  /** Kernel losses until now. */
  get lost(): number {
    return this.counted.lost;
  }

  /** Sends at most `BATCH` packets, the last of which is to be dropped, and waits until they are counted. */
  async send(shots: readonly Shot[]): Promise<void> {
    const { port, address } = this.target;
    await Promise.all(shots.map(({ from, packet }) => sent(from, packet, port, address)));
    this.expected += shots.filter(({ isDropped }) => isDropped).length;
    const endMs = monotonicNowMs() + COUNTED_WITHIN_MS;
    for (;;) {
      const { counted, expected } = this;
      counted.dropped = (await droppedBy(this.client)) - this.before;
      const missing = expected - counted.lost - counted.dropped;
      if (missing <= 0) return;
      if (monotonicNowMs() > endMs) {
        counted.lost += missing;
        return;
      }
      await pause(1);
    }
  }

  close(): void {
    this.client.close();
  }
}

async function droppedBy(client: ControlClient): Promise<number> {
  return droppedIn((await client.call('status', {}, CALL_LIMIT_MS)) as PulseStatus);
}

/** All packets that a director dropped. */
export function droppedIn({ heartbeat }: PulseStatus): number {
  return Object.values(heartbeat?.dropped ?? {}).reduce((sum, count) => sum + count, 0);
}

function sent(socket: Socket, packet: Buffer, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(packet, port, address, (error) => (error === null ? resolve() : reject(error)));
  });
}
