import { decodeBeat, encodeBeat } from '@piranha/protocol/beat';
import { markdownTable, median } from '../table.js';
import type { Speaker } from './speaker.js';

const BATCHES = 40;
const BATCH = 1_000;
/** The compiler has seen a call often before the first batch that counts. */
const WARM_UP_BATCHES = 5;

/** Processor time of a call, µs: the median of batches, so that what else runs on the machine counts little. */
function microsecondsOf(call: (index: number) => void): number {
  const batches = Array.from({ length: WARM_UP_BATCHES + BATCHES }, (_, batch) => {
    const before = process.cpuUsage();
    for (let index = 0; index < BATCH; index += 1) call(batch * BATCH + index);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / BATCH;
  });
  return median(batches.slice(WARM_UP_BATCHES));
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
