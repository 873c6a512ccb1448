import type { ServiceKey } from './model.js';
import { readEndpoint, readMark } from './spelling.js';

/** Reads what `ipvsadm -Ln` prints, with --stats, --thresholds or --persistent-conn, version 1.31. */

export interface ListingRow {
  readonly key: ServiceKey;
  /** The real server; undefined on the service's own line. */
  readonly server: { readonly address: string; readonly port: number } | undefined;
  /** The numbers of the line, left to right; those of a service only where the listing has them. */
  readonly numbers: readonly number[];
}

const PROTOCOLS: Readonly<Record<string, 'tcp' | 'udp' | 'sctp'>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };

function readKey(words: readonly string[]): ServiceKey | undefined {
  const [kind = '', place = '', family] = words;
  if (kind === 'FWM') {
    const mark = readMark(place);
    return mark === undefined ? undefined : { kind: 'mark', mark, family: family === 'IPv6' ? 6 : 4 };
  }
  const protocol = PROTOCOLS[kind];
  const endpoint = readEndpoint(place);
  return protocol && endpoint ? { kind: 'address', protocol, ...endpoint } : undefined;
}

function numbersOf(words: readonly string[]): number[] {
  return words.filter((word) => /^[0-9]{1,20}$/.test(word)).map(Number);
}

/** The rows of a listing; lines that are no row, such as the heading, are left out. */
export function readListing(text: string): readonly ListingRow[] {
  const rows: ListingRow[] = [];
  let key: ServiceKey | undefined;
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words[0] === '->') {
      const server = readEndpoint(words[1] ?? '');
      if (key && server) rows.push({ key, server, numbers: numbersOf(words.slice(2)) });
      continue;
    }
    const found = readKey(words);
    if (found === undefined) continue;
    key = found;
    rows.push({ key, server: undefined, numbers: numbersOf(words.slice(2)) });
  }
  return rows;
}
