import { decodeBeat, encodeBeat } from '@piranha/protocol/beat';
import { markdownTable } from '../table.js';
import type { Speaker } from './speaker.js';

const BEATS = 20_000;
const WARM_UP = 5_000;

/** Mean time of a call, µs, when the compiler has seen it often. */
function microsecondsOf(call: (index: number) => void): number {
  for (let index = 0; index < WARM_UP; index += 1) call(index);
  const startedAt = process.hrtime.bigint();
  for (let index = 0; index < BEATS; index += 1) call(WARM_UP + index);
  return Number(process.hrtime.bigint() - startedAt) / BEATS / 1_000;
}

/** What one beat costs on each side, for pairs that have a session. */
export function costTable(pairs: readonly (readonly [name: string, from: Speaker, to: Speaker])[]): string {
  const rows = pairs.map(([name, from, to]) => {
    const beat = from.beat(0);
    const encoded = encodeBeat(beat);
    if (encoded.type === 'refused') throw new Error(encoded.reason);
    const codecUs = microsecondsOf(() => {
      encodeBeat(beat);
      decodeBeat(encoded.bytes);
    });
    const packets: Buffer[] = [];
    const sendUs = microsecondsOf((index) => packets.push(from.seal(from.beat(index))));
    let accepted = 0;
    const receiveUs = microsecondsOf((index) => {
      if (to.receive(packets[index] ?? Buffer.alloc(0), index) === 'accepted') accepted += 1;
    });
    if (accepted !== packets.length) throw new Error(`${accepted} of ${packets.length} beats were accepted`);
    return [
      name,
      String(packets[0]?.length),
      codecUs.toFixed(1),
      sendUs.toFixed(1),
      receiveUs.toFixed(1),
      (sendUs + receiveUs).toFixed(1),
    ];
  });
  return markdownTable(
    [
      'beat',
      'bytes',
      'encode and decode alone, µs',
      'make, encode, seal, µs',
      'open, decode, session, µs',
      'all, µs',
    ],
    rows,
  );
}
