import { formatIpv6 } from '@piranha/common';
import { encodeDnsName, readDnsName } from './dns-name.js';

/** Types of records that can be asked for. */
const DNS_TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
} as const;

export type DnsType = keyof typeof DNS_TYPES;

const CLASS_IN = 1;
const HEADER_BYTES = 12;
const RECORD_LIMIT = 256;

/** A question as it goes over the wire; undefined when the name is none. Recursion is asked for. */
export function dnsQuery(id: number, name: string, type: DnsType): Buffer | undefined {
  const encoded = encodeDnsName(name);
  if (encoded === undefined) return undefined;
  const header = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16BE(id, 0);
  const end = Buffer.alloc(4);
  end.writeUInt16BE(DNS_TYPES[type], 0);
  end.writeUInt16BE(CLASS_IN, 2);
  return Buffer.concat([header, encoded, end]);
}

export interface DnsAnswer {
  /** 0 is success. */
  readonly responseCode: number;
  readonly isTruncated: boolean;
  /** The records of the type that was asked for, as text. */
  readonly records: readonly string[];
}

/** True for a message with the number of a question; another one is not heeded (RFC 5452, section 9.1). */
export function hasNumberOf(message: Buffer, query: Buffer): boolean {
  return message.length >= 2 && message.readUInt16BE(0) === query.readUInt16BE(0);
}

/** Reads the answer to a question; undefined for anything that is no whole answer to this very question. */
export function readDnsAnswer(message: Buffer, query: Buffer): DnsAnswer | undefined {
  if (message.length < HEADER_BYTES || message.readUInt16BE(0) !== query.readUInt16BE(0)) return undefined;
  const flags = message.readUInt16BE(2);
  const isAnswer = (flags & 0x8000) !== 0 && (flags & 0x7800) === 0;
  if (!isAnswer) return undefined;
  const responseCode = flags & 15;
  const isTruncated = (flags & 0x0200) !== 0;
  // A server that could not read the question may leave it out.
  if (message.readUInt16BE(4) === 0 && responseCode !== 0) return { responseCode, isTruncated, records: [] };
  if (message.readUInt16BE(4) !== 1 || !repeatsQuestion(message, query)) return undefined;
  const type = query.readUInt16BE(query.length - 4);
  const records = readRecords(message, query.length, type);
  return records === undefined && !isTruncated
    ? undefined
    : { responseCode, isTruncated, records: records ?? [] };
}

function repeatsQuestion(message: Buffer, query: Buffer): boolean {
  const asked = readDnsName(query, HEADER_BYTES);
  const repeated = readDnsName(message, HEADER_BYTES);
  if (repeated === undefined || asked?.name !== repeated.name || asked.next !== repeated.next) return false;
  return message.subarray(repeated.next, query.length).equals(query.subarray(asked.next));
}

function readRecords(message: Buffer, from: number, type: number): string[] | undefined {
  const count = message.readUInt16BE(6);
  if (count > RECORD_LIMIT) return undefined;
  const records: string[] = [];
  let at = from;
  for (let number = 0; number < count; number++) {
    const owner = readDnsName(message, at);
    if (owner === undefined || owner.next + 10 > message.length) return undefined;
    const data = owner.next + 10;
    const end = data + message.readUInt16BE(owner.next + 8);
    if (end > message.length) return undefined;
    const isWanted =
      message.readUInt16BE(owner.next) === type && message.readUInt16BE(owner.next + 2) === CLASS_IN;
    const text = isWanted ? recordText(message, data, end, type) : '';
    if (text === undefined) return undefined;
    if (isWanted) records.push(text);
    at = end;
  }
  return records;
}

/** A record's data as an operator would write it; undefined when it is malformed. */
function recordText(message: Buffer, from: number, end: number, type: number): string | undefined {
  const data = message.subarray(from, end);
  const nameAt = (offset: number) => {
    const read = from + offset < end ? readDnsName(message, from + offset) : undefined;
    return read !== undefined && read.next <= end ? read.name : undefined;
  };
  switch (type) {
    case DNS_TYPES.A:
      return data.length === 4 ? data.join('.') : undefined;
    case DNS_TYPES.AAAA:
      return data.length === 16 ? formatIpv6(groupsOf(data)) : undefined;
    case DNS_TYPES.MX: {
      const name = nameAt(2);
      return name === undefined ? undefined : `${data.readUInt16BE(0)} ${name}`;
    }
    case DNS_TYPES.SRV: {
      const name = nameAt(6);
      const numbers = [0, 2, 4].map((offset) => (name === undefined ? 0 : data.readUInt16BE(offset)));
      return name === undefined ? undefined : `${numbers.join(' ')} ${name}`;
    }
    case DNS_TYPES.TXT:
      return characterStrings(data);
    default:
      return nameAt(0);
  }
}

function groupsOf(data: Buffer): number[] {
  return [0, 2, 4, 6, 8, 10, 12, 14].map((at) => data.readUInt16BE(at));
}

/** The strings of a text record, one behind the other. */
function characterStrings(data: Buffer): string | undefined {
  let text = '';
  let at = 0;
  while (at < data.length) {
    const length = data.readUInt8(at);
    if (at + 1 + length > data.length) return undefined;
    text += data.toString('latin1', at + 1, at + 1 + length);
    at += 1 + length;
  }
  return text;
}
