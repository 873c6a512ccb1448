import { DEFAULT_SCHEDULE_MS } from '@piranha/net';
import { type Wrong, wrong } from './wrong.js';

const TIMES_LIMIT = 20;
const LIMIT_SECONDS = 3_600;
const NUMBER = /^\d{1,4}(?:\.\d{1,3})?$/;

/** Reads `0,1,5,10`: seconds after the start, 0 to 3600, up to 20 of them. Gives ms; the default for undefined. */
export function readSchedule(text: string | undefined): readonly number[] | Wrong {
  if (text === undefined) return DEFAULT_SCHEDULE_MS;
  const words = text.split(',');
  const seconds = words.map((word) => (NUMBER.test(word) ? Number(word) : Number.NaN));
  const isGood = words.length <= TIMES_LIMIT && seconds.every((value) => value <= LIMIT_SECONDS);
  if (isGood) return seconds.map((value) => Math.round(value * 1_000));
  return wrong(
    'SEND_ARP_SCHEDULE',
    `bad schedule '${text.slice(0, 60)}'`,
    `up to ${TIMES_LIMIT} numbers of seconds from 0 to ${LIMIT_SECONDS}, divided by commas`,
  );
}
