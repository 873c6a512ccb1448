/** Names of the domain name system (RFC 1035, 3.1 and 4.1.4). */

const NAME_LIMIT_BYTES = 255;
const LABEL_LIMIT_BYTES = 63;

/** A name as it goes over the wire; undefined when it is none. `.` is the root. */
export function encodeDnsName(name: string): Buffer | undefined {
  const labels = name === '.' ? [] : name.replace(/\.$/, '').split('.');
  const parts: Buffer[] = [];
  for (const label of labels) {
    if (!/^[\x21-\x7e]+$/.test(label) || label.length > LABEL_LIMIT_BYTES) return undefined;
    parts.push(Buffer.from([label.length]), Buffer.from(label, 'latin1'));
  }
  const encoded = Buffer.concat([...parts, Buffer.from([0])]);
  return encoded.length > NAME_LIMIT_BYTES ? undefined : encoded;
}

/** A name and the place behind it. */
export interface DnsNameAt {
  /** In small letters, without the last dot; the root is `.`. */
  readonly name: string;
  readonly next: number;
}

/** Reads a name. Pointers must lead back, each further than the one before, so that no loop is possible. */
export function readDnsName(message: Buffer, from: number): DnsNameAt | undefined {
  const labels: string[] = [];
  let at = from;
  let next: number | undefined;
  let earliest = from;
  let totalBytes = 1;
  for (;;) {
    const length = message[at];
    if (length === undefined) return undefined;
    if (length === 0) return { name: labels.join('.').toLowerCase() || '.', next: next ?? at + 1 };
    if (length >= 0xc0) {
      const low = message[at + 1];
      if (low === undefined) return undefined;
      next ??= at + 2;
      at = (length & 0x3f) * 256 + low;
      if (at >= earliest) return undefined;
      earliest = at;
      continue;
    }
    totalBytes += 1 + length;
    if (length > LABEL_LIMIT_BYTES || totalBytes > NAME_LIMIT_BYTES) return undefined;
    if (at + 1 + length > message.length) return undefined;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
}
