import { randomBytes } from 'node:crypto';
import { BODY_LIMIT_BYTES } from '@piranha/protocol/beat';
import { below, cutShort, pick, withFlips } from './chance.js';

/** What no beat has, or has only elsewhere. */
const STRANGE: readonly unknown[] = [
  ...[null, true, -1, 0, 0.5, 65_536, 2 ** 53, 1e308, '', 'main', 'active', '\u0000', 'x'.repeat(300)],
  ...[[], [[]], {}, { n: 'primary' }, Array(40).fill(0), JSON.parse('{"__proto__":{"n":1}}')],
];

type Json = Record<string, unknown> | unknown[];

/** Sets, doubles or takes away one value somewhere in a beat. */
function withOddValue(value: Json): void {
  const keys = Object.keys(value);
  if (keys.length === 0) return;
  const key = pick(keys);
  const members = value as Record<string, unknown>;
  const inner = members[key];
  if (typeof inner === 'object' && inner !== null && below(3) > 0) withOddValue(inner as Json);
  else {
    const way = below(4);
    if (way === 0) delete members[key];
    else
      members[key] =
        way === 1 && Array.isArray(inner) ? [...inner, ...inner] : structuredClone(pick(STRANGE));
  }
}

function changedText(body: Buffer): Buffer {
  const beat = JSON.parse(body.toString('utf8')) as Json;
  const changes = 1 + below(3);
  for (let change = 0; change < changes; change += 1) withOddValue(beat);
  return Buffer.from(JSON.stringify(beat));
}

/** How the body of a beat is changed, most likely so that it is none any more; never longer than a packet can carry. */
export const BODY_CHANGES: readonly (readonly [name: string, change: (body: Buffer) => Buffer])[] = [
  ['values changed, doubled, taken away', (body) => changedText(body).subarray(0, BODY_LIMIT_BYTES)],
  ['one to four bits turned', withFlips],
  ['cut short', cutShort],
  ['random bytes', () => randomBytes(below(BODY_LIMIT_BYTES))],
  ['nested without end', () => Buffer.from(pick(['[', '{"g":']).repeat(1 + below(190)))],
];

/** A body changed in one of these ways. */
export function changedBody(body: Buffer): Buffer {
  return pick(BODY_CHANGES)[1](body);
}
