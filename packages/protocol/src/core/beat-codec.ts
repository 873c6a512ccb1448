import { BEAT_LIMITS, type Beat, type GroupDuty } from './beat.js';
import { fromWire, toWire, type WireBeat, wireProblem } from './beat-wire.js';
import { BODY_LIMIT_BYTES } from './envelope.js';

/** What is left out of a beat that is too long, in this order, until the rest has room. */
export type LeftOut = 'reason' | 'failure' | 'path ages' | 'unproven lives';

export type EncodedBeat =
  | { readonly type: 'encoded'; readonly bytes: Buffer; readonly leftOut: readonly LeftOut[] }
  /** The beat breaks a limit, or is too long whatever is left out: names and groups always go along. */
  | { readonly type: 'refused'; readonly reason: string };

const SHORTENINGS: readonly (readonly [LeftOut, (wire: WireBeat) => WireBeat])[] = [
  ['reason', (wire) => ({ ...wire, w: '' })],
  ['failure', ({ f, ...wire }) => (f === undefined ? wire : { ...wire, f: '' })],
  // Of who serves they go last: a third director may not hear it.
  ['path ages', (wire) => ({ ...wire, e: wire.e.map((heard) => (heard.v ? heard : withoutAges(heard))) })],
  [
    'unproven lives',
    (wire) => ({ ...wire, e: wire.e.map((heard) => ({ ...heard, b: heard.b.slice(0, 1) })) }),
  ],
  ['path ages', (wire) => ({ ...wire, e: wire.e.map(withoutAges) })],
];

function withoutAges({ n, b }: WireBeat['e'][number]): WireBeat['e'][number] {
  return { n, b };
}

/**
 * A beat as compact JSON in UTF-8, at most 1,188 bytes. Each thing that is left out for that is named; a failure that
 * is left out becomes an empty text, so that it is still known that there is one. What is encoded is accepted by
 * `decodeBeat`. Never throws.
 */
export function encodeBeat(beat: Beat): EncodedBeat {
  let wire = toWire(beat);
  const problem = wireProblem(wire);
  if (problem !== undefined) return { type: 'refused', reason: `bad ${problem}` };
  const leftOut: LeftOut[] = [];
  let bytes = Buffer.from(JSON.stringify(wire));
  for (const [name, shorten] of SHORTENINGS) {
    if (bytes.length <= BODY_LIMIT_BYTES) break;
    wire = shorten(wire);
    const shorter = Buffer.from(JSON.stringify(wire));
    if (shorter.length < bytes.length) leftOut.push(name);
    bytes = shorter;
  }
  if (bytes.length > BODY_LIMIT_BYTES) {
    return { type: 'refused', reason: `${bytes.length} bytes, over ${BODY_LIMIT_BYTES}` };
  }
  return { type: 'encoded', bytes, leftOut };
}

export type BeatVerdict =
  | { readonly type: 'beat'; readonly beat: Beat }
  | { readonly type: 'malformed'; readonly reason: string };

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the body of a packet. Whatever the bytes are, the answer is a beat or a reason; never throws. */
export function decodeBeat(body: Uint8Array): BeatVerdict {
  if (body.length > BODY_LIMIT_BYTES) return { type: 'malformed', reason: 'too long' };
  let wire: unknown;
  try {
    wire = JSON.parse(UTF8.decode(body));
  } catch {
    return { type: 'malformed', reason: 'no JSON in UTF-8' };
  }
  const problem = wireProblem(wire);
  if (problem !== undefined) return { type: 'malformed', reason: `bad ${problem}` };
  return { type: 'beat', beat: fromWire(wire as WireBeat) };
}

/**
 * Bytes that stay free in the fullest beat that a node of these names could ever have to send, without what may be left
 * out; below 0 such a beat would be refused, so that a configuration with these names must be refused first.
 */
export function leastRoomBytes(
  node: string,
  groups: readonly string[],
  peers: readonly string[],
  pathNames: readonly string[],
): number {
  const longest = (names: readonly string[]): string =>
    names.reduce((one, other) => (other.length > one.length ? other : one), '');
  const most = Number.MAX_SAFE_INTEGER;
  const group = (name: string): GroupDuty => ({
    name,
    duty: 'releasing',
    heir: longest([node, ...peers]),
    asksRelease: true,
  });
  const wire = toWire({
    node,
    keepaliveMs: 12_345_678.901,
    deadtimeMs: 12_345_678.901,
    priority: 255,
    groups: groups.map(group),
    readiness: {
      tableLoaded: false,
      firstVerdicts: false,
      listenedPercent: 100,
      listenedSeconds: BEAT_LIMITS.listenedSeconds,
      serversUp: 0xffff_ffff,
      serversTotal: 0xffff_ffff,
    },
    failure: '',
    configuration: { hash: '0'.repeat(16), serial: 0xffff_ffff },
    reason: '',
    hears: peers.map((peer) => ({ node: peer, boots: [{ boot: '0'.repeat(16), sequence: most }] })),
    path: { name: longest(pathNames), sent: most },
    standIn: true,
    farewell: true,
  });
  return BODY_LIMIT_BYTES - Buffer.byteLength(JSON.stringify(wire));
}
