import { createSecretKey, randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BeatCrypto, type BeatKeyRing } from '@piranha/protocol/beat';
import { markdownTable } from '../table.js';
import { bodyReport } from './body-flood.js';
import { costTable } from './costs.js';
import { HOSTILE, type Recordings } from './hostile.js';
import { floodPair } from './live/flood.js';
import { floodReport } from './live/report.js';
import { type Outcome, Speaker } from './speaker.js';

/** Lives of both sides before the present ones, and beats of each side in every life. */
const PAST_LIVES = 20;
const BEATS = 100;
/** The pair goes on beating: each side once in so many hostile packets. */
const PER_EXCHANGE = 1_000;
const OUTCOMES = ['refused', 'malformed', 'rejected', 'unproven', 'late', 'accepted'] as const;

interface Pair {
  readonly sides: readonly [Speaker, Speaker];
  nowMs: number;
}

/**
 * Feeds two live pairs, one with a key and one without, with packets of an attacker who has recorded all there ever was,
 * half to each; then as many to the codec alone, where it tells what became of each; then what a beat costs.
 */
export async function runPacketsBench(packets: number): Promise<string> {
  const half = Math.ceil(packets / 2);
  const reports = [
    floodReport('a live pair with a key', await floodPair(true, half)),
    floodReport("a live pair with the original's words", await floodPair(false, packets - half)),
    codecReport(packets),
  ];
  return reports.join('\n\n');
}

function codecReport(count: number): string {
  const ring = { sendId: 1, secrets: new Map([[1, createSecretKey(randomBytes(32))]]) };
  const pair = pairOf(ring, true);
  const past = Array.from({ length: PAST_LIVES }, () => {
    const packets = Array.from({ length: BEATS }, () => exchange(pair).packets).flat();
    for (const side of pair.sides) side.restart();
    return packets;
  }).flat();
  const present = Array.from({ length: BEATS }, () => exchange(pair).packets).flat();
  const recorded = { past, present, ring, crypto: new BeatCrypto(ring) };
  const clean = collector();
  // Compiled code and caches settle first, so that what grows is growth.
  new Flood(pair, recorded).run(Math.ceil(count / 10));
  const flood = new Flood(pair, recorded);
  clean();
  const before = memory();
  flood.run(count);
  clean();
  const after = memory();
  const bodies = bodyReport(pair.sides[0].beat(pair.nowMs), count);
  const costs = costTable([
    ['encrypted', ...openPair(ring, true)],
    ['authenticated only', ...openPair(ring, false)],
  ]);
  return [flood.report(), `heap in use before ${before}, after ${after}`, '', bodies, '', costs].join('\n');
}

function pairOf(ring: BeatKeyRing, sealed: boolean): Pair {
  const left = new Speaker('left', 'right', ring, sealed);
  const right = new Speaker('right', 'left', ring, sealed);
  return { sides: [left, right], nowMs: 0 };
}

function openPair(ring: BeatKeyRing, sealed: boolean): readonly [Speaker, Speaker] {
  const pair = pairOf(ring, sealed);
  while (pair.sides.some(({ session }) => session === undefined)) exchange(pair);
  return pair.sides;
}

/** Each side sends one beat that the other one gets. */
function exchange(pair: Pair): { readonly packets: readonly Buffer[]; readonly accepted: number } {
  const [left, right] = pair.sides;
  pair.nowMs += 100;
  const first = left.seal(left.beat(pair.nowMs));
  const second = right.seal(right.beat(pair.nowMs));
  const outcomes = [right.receive(first, pair.nowMs), left.receive(second, pair.nowMs)];
  return { packets: [first, second], accepted: outcomes.filter((one) => one === 'accepted').length };
}

/** The collector of V8, which a plain process does not show. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** What is in use once everything else was collected. */
function memory(): string {
  return `${(process.memoryUsage().heapUsed / 1024 / 1024).toFixed(1)} MB`;
}

/** Hostile packets of all kinds in turn, half to each side, and what became of them. */
class Flood {
  private readonly outcomes = new Map<string, number>();
  private crashes = 0;
  private changes = 0;
  private packets = 0;
  private beats = 0;
  private beatsAccepted = 0;
  private spentNs = 0n;

  constructor(
    private readonly pair: Pair,
    private readonly recorded: Recordings,
  ) {}

  run(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const [kind, make] = HOSTILE[index % HOSTILE.length] ?? [];
      const side = this.pair.sides[Math.floor(index / HOSTILE.length) % 2];
      if (kind === undefined || make === undefined || side === undefined) continue;
      this.feed(side, kind, make(this.recorded));
      if (index % PER_EXCHANGE === 0) {
        this.beats += 2;
        this.beatsAccepted += exchange(this.pair).accepted;
      }
    }
  }

  private feed(side: Speaker, kind: string, packet: Buffer): void {
    const before = side.session;
    const startedAt = process.hrtime.bigint();
    const outcome = this.outcomeOf(side, packet);
    this.spentNs += process.hrtime.bigint() - startedAt;
    this.packets += 1;
    if (side.session !== before) this.changes += 1;
    const key = `${kind}/${outcome}`;
    this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1);
  }

  private outcomeOf(side: Speaker, packet: Buffer): Outcome | 'crash' {
    try {
      return side.receive(packet, this.pair.nowMs);
    } catch {
      this.crashes += 1;
      return 'crash';
    }
  }

  report(): string {
    const rows = HOSTILE.map(([kind]) => [
      kind,
      ...OUTCOMES.map((outcome) => String(this.outcomes.get(`${kind}/${outcome}`) ?? 0)),
    ]);
    const accepted = [...this.outcomes].filter(([key]) => /\/(?:accepted|late)$/.test(key));
    const total = accepted.reduce((sum, [, count]) => sum + count, 0);
    const seconds = Number(this.spentNs) / 1e9;
    return [
      markdownTable(['codec and session alone', ...OUTCOMES], rows),
      '',
      `${this.packets} packets: crashes ${this.crashes}, accepted ${total}, sessions changed ${this.changes}`,
      `the pair's own beats meanwhile: ${this.beatsAccepted} of ${this.beats} accepted`,
      `${Math.round(this.packets / seconds)} packets a second, ${((seconds / this.packets) * 1e6).toFixed(1)} µs each`,
    ].join('\n');
  }
}
