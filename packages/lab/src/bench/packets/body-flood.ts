import { type Beat, decodeBeat, encodeBeat } from '@piranha/protocol/beat';
import { markdownTable } from '../table.js';
import { BODY_CHANGES } from './bodies.js';

/** Feeds the codec alone with changed bodies of a beat, which get to it under the right key only. */
export function bodyReport(beat: Beat, count: number): string {
  const encoded = encodeBeat(beat);
  if (encoded.type === 'refused') throw new Error(encoded.reason);
  const body = Buffer.from(encoded.bytes);
  const each = Math.ceil(count / BODY_CHANGES.length);
  const rows = BODY_CHANGES.map(([name, change]) => {
    const outcomes = { malformed: 0, beat: 0, thrown: 0 };
    for (let number = 0; number < each; number += 1) outcomes[outcomeOf(change(body))] += 1;
    return [name, ...Object.values(outcomes).map(String)];
  });
  return markdownTable(['bodies to the codec', 'malformed', 'a beat all the same', 'thrown'], rows);
}

function outcomeOf(body: Buffer): 'malformed' | 'beat' | 'thrown' {
  try {
    return decodeBeat(body).type;
  } catch {
    return 'thrown';
  }
}
