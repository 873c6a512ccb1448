import { formatIpv6, parseIpv6 } from '@piranha/common';
import { type Dialogue, type DialogueStep, excerpt, failedStep, MORE } from './dialogue.js';
import { type DnsAnswer, type DnsType, readDnsAnswer } from './dns-message.js';
import { Inbox } from './inbox.js';

export interface DnsQuestion {
  readonly name: string;
  readonly type: DnsType;
  /** A record that must be among the answers; undefined: any record of the type. */
  readonly answer: string | undefined;
}

export type DnsVerdict =
  | { readonly type: 'passed'; readonly reason: string }
  | { readonly type: 'failed'; readonly problem: string }
  /** The answer was cut short before it could decide: ask again over TCP. */
  | { readonly type: 'truncated' };

const CODES: Readonly<Record<number, string>> = {
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
};

/** What an answer means for the server's health. */
export function judgeDnsAnswer(question: DnsQuestion, answer: DnsAnswer): DnsVerdict {
  const { responseCode, records } = answer;
  if (responseCode !== 0) {
    return { type: 'failed', problem: `the answer was ${CODES[responseCode] ?? `code ${responseCode}`}` };
  }
  const wanted =
    question.answer === undefined ? undefined : normalised(question, asRecord(question, question.answer));
  const isFound = wanted === undefined ? records.length > 0 : records.some(isSame(question, wanted));
  if (isFound) return { type: 'passed', reason: wanted === undefined ? 'answered' : 'expected record found' };
  if (answer.isTruncated) return { type: 'truncated' };
  if (records.length === 0) return { type: 'failed', problem: `the answer holds no ${question.type} record` };
  return { type: 'failed', problem: `the answer was ${excerpt(records.join(', '))}` };
}

/** Text records are bytes, one character each; what lvs.cf says is text. */
function asRecord({ type }: DnsQuestion, text: string): string {
  return type === 'TXT' ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

function isSame(question: DnsQuestion, wanted: string): (record: string) => boolean {
  return (record) => normalised(question, record) === wanted;
}

/** Names differ neither by case nor by a last dot; an IPv6 address has one form. */
function normalised({ type }: DnsQuestion, text: string): string {
  if (type === 'TXT') return text;
  const plain = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (type === 'AAAA') {
    const groups = parseIpv6(plain);
    return groups ? formatIpv6(groups) : plain;
  }
  return plain.length > 1 ? plain.replace(/\.$/, '') : plain;
}

/** The same question over TCP: a length of two bytes stands before each message. */
export class DnsDialogue implements Dialogue {
  private readonly inbox = new Inbox();
  readonly stage = 'the answer';

  constructor(
    private readonly question: DnsQuestion,
    private readonly query: Buffer,
  ) {}

  start(): DialogueStep {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.query.length);
    return { type: 'send', bytes: Buffer.concat([length, this.query]) };
  }

  receive(bytes: Uint8Array): DialogueStep {
    this.inbox.push(bytes);
    const header = this.inbox.peek(2);
    if (header === undefined) return MORE;
    const whole = this.inbox.take(2 + header.readUInt16BE(0));
    if (whole === undefined) return MORE;
    const answer = readDnsAnswer(whole.subarray(2), this.query);
    if (answer === undefined) return failedStep('what came is no answer to the question');
    const verdict = judgeDnsAnswer(this.question, answer);
    return verdict.type === 'truncated' ? failedStep('the answer is cut short') : verdict;
  }
}
