import type { Socket } from 'node:dgram';
import { monotonicNowMs } from '@piranha/common';
import type { PulseStatus } from '@piranha/protocol';
import { BeatCrypto } from '@piranha/protocol/beat';
import { residentMemoryBytes } from '../../memory.js';
import { below } from '../chance.js';
import { HOSTILE, type Recordings } from '../hostile.js';
import { BATCH, droppedIn, Feed, type Shot } from './feed.js';
import { FloodedPair, SIDES } from './flooded-pair.js';
import { HOSTILE_WORDS } from './hostile-words.js';
import { boundSocket } from './relay.js';

/** Memory is looked at first when that share of the packets was sent: until then what grows may be start-up. */
const WARM_UP_SHARE = 0.1;
/** One in so many comes from an address that is no director's. */
const STRANGER_EVERY = 5;

type Side = (typeof SIDES)[number];

/** What a director was before or after. */
export interface Seen {
  readonly status: PulseStatus;
  readonly guardianPid: number;
  readonly residentBytes: number;
  readonly logged: readonly string[];
}

export interface FloodResult {
  /** By kind, and by whether it came from the partner's address. */
  readonly sent: ReadonlyMap<string, { partner: number; stranger: number }>;
  /** Of them, those that are the partner's very word, and taken for it. */
  readonly replayedWords: number;
  readonly lostByKernel: number;
  readonly before: readonly Seen[];
  /** Of each worker, bytes, once a tenth was sent. */
  readonly warmBytes: readonly number[];
  readonly after: readonly Seen[];
  readonly durationMs: number;
}

/**
 * Feeds both directors of a live pair in turn, and waits until everything is counted.
 * @param packets how many, for both together
 */
export async function floodPair(hasKey: boolean, packets: number): Promise<FloodResult> {
  const pair = new FloodedPair(hasKey);
  try {
    await pair.start();
    const past = SIDES.flatMap((side) => pair.sentBy(side).slice());
    // A second life of each side, so that there is an earlier one.
    if (hasKey) await pair.beginNewLives();
    const flood = new Flood(pair, past);
    return await flood.run(packets);
  } finally {
    await pair.stop();
  }
}

/** All who send, and what they have sent. */
class Flood {
  private readonly sent = new Map<string, { partner: number; stranger: number }>();
  private readonly recordings: Recordings | undefined;
  private readonly sockets: Socket[] = [];
  private turn = 0;
  private replayedWords = 0;

  constructor(
    private readonly pair: FloodedPair,
    past: readonly Buffer[],
  ) {
    if (!pair.hasKey) return;
    const { ring } = pair;
    const present = SIDES.flatMap((side) => pair.sentBy(side).slice());
    this.recordings = { present, past, ring, crypto: new BeatCrypto(ring) };
  }

  async run(packets: number): Promise<FloodResult> {
    const { pair } = this;
    const { ends, stranger, port } = pair.layout;
    const before = await this.look();
    const partners = await Promise.all(SIDES.map((side) => boundSocket(ends[side === 0 ? 1 : 0].alias, 0)));
    const strange = await boundSocket(stranger, 0);
    this.sockets.push(...partners, strange);
    const feeds = await Promise.all(
      SIDES.map((side) => Feed.open(pair.socketOf(side), { address: ends[side].director, port })),
    );
    const beganMs = monotonicNowMs();
    let warmBytes: readonly number[] = [];
    for (let done = 0; done < packets; ) {
      const counts = SIDES.map((side) => Math.min(BATCH, Math.ceil((packets - done - side) / 2)));
      await Promise.all(
        SIDES.map((side) =>
          feeds[side]?.send(this.shots(side, counts[side] ?? 0, partners[side] as Socket, strange)),
        ),
      );
      done += counts.reduce((sum, count) => sum + count, 0);
      const isWarm = done >= packets * WARM_UP_SHARE;
      if (isWarm && warmBytes.length === 0)
        warmBytes = before.map(({ status }) => residentMemoryBytes(status.pid));
    }
    const durationMs = monotonicNowMs() - beganMs;
    const lostByKernel = feeds.reduce((sum, { lost }) => sum + lost, 0);
    for (const feed of feeds) feed.close();
    for (const socket of this.sockets) socket.close();
    const after = await this.look();
    const { sent, replayedWords } = this;
    return { sent, replayedWords, lostByKernel, before, warmBytes, after, durationMs };
  }

  private look(): Promise<Seen[]> {
    const { pair } = this;
    return Promise.all(
      SIDES.map(async (side) => {
        const status = await pair.status(side);
        const residentBytes = residentMemoryBytes(status.pid);
        return { status, guardianPid: pair.guardianPid(side), residentBytes, logged: pair.logged(side) };
      }),
    );
  }

  /** Packets of all kinds in turn; the last one is dropped for certain, by which the end is known. */
  private shots(side: Side, count: number, partner: Socket, stranger: Socket): readonly Shot[] {
    return Array.from({ length: count }, (_, index) => {
      const isLast = index === count - 1;
      const isStranger = isLast || below(STRANGER_EVERY) === 0;
      return this.shot(side, isStranger, isStranger ? stranger : partner);
    });
  }

  private shot(side: Side, isStranger: boolean, from: Socket): Shot {
    const { recordings } = this;
    const kinds = recordings === undefined ? HOSTILE_WORDS : HOSTILE;
    this.turn += 1;
    // What only strangers may say would be believed of the partner.
    const count = recordings === undefined && !isStranger ? kinds.length - 1 : kinds.length;
    const index = this.turn % count;
    const packet = this.made(index, side);
    const kind = kinds[index]?.[0] ?? '';
    const tally = this.sent.get(kind) ?? { partner: 0, stranger: 0 };
    tally[isStranger ? 'stranger' : 'partner'] += 1;
    this.sent.set(kind, tally);
    const isWord = kind === 'replayed from the partner' && !isStranger;
    if (isWord) this.replayedWords += 1;
    return { packet, from, isDropped: !isWord };
  }

  private made(index: number, side: Side): Buffer {
    const { recordings, pair } = this;
    if (recordings !== undefined) return HOSTILE[index]?.[1](recordings) ?? Buffer.alloc(0);
    const present = pair.sentBy(side === 0 ? 1 : 0);
    return HOSTILE_WORDS[index]?.[1]({ present }) ?? Buffer.alloc(0);
  }
}

/** How many more a director dropped. */
export function droppedBetween(before: Seen, after: Seen): number {
  return droppedIn(after.status) - droppedIn(before.status);
}
