import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DnsDialogue, judgeDnsAnswer } from '../../../src/core/kinds/dns.js';
import { type DnsType, dnsQuery, readDnsAnswer } from '../../../src/core/kinds/dns-message.js';
import { encodeDnsName, readDnsName } from '../../../src/core/kinds/dns-name.js';
import { itSurvivesAnything, verdict } from '../../support/converse.js';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

function query(name = 'www.example', type: DnsType = 'A'): Buffer {
  const made = dnsQuery(0x1234, name, type);
  if (made === undefined) throw new Error(name);
  return made;
}

/** An answer to a question: flags and records, in hexadecimal. */
function answer(asked: Buffer, flags: string, ...records: readonly string[]): Buffer {
  const count = records.length.toString(16).padStart(4, '0');
  return Buffer.concat([
    hex(`1234 ${flags} 0001 ${count} 0000 0000`),
    asked.subarray(12),
    hex(records.join('')),
  ]);
}

const A_RECORD = 'c00c 0001 0001 0000003c 0004 0a000001';
const CNAME_RECORD = 'c00c 0005 0001 0000003c 0006 0378797ac010';

describe('names', () => {
  it('come back as they were sent', () => {
    const label = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 8 }), (labels) => {
        const name = labels.join('.');
        const encoded = encodeDnsName(name);
        expect(encoded && readDnsName(encoded, 0)).toEqual({ name, next: encoded?.length });
      }),
    );
    expect(encodeDnsName('.')).toEqual(Buffer.from([0]));
    expect(readDnsName(Buffer.from([0]), 0)?.name).toBe('.');
  });

  it.each(['a..b', 'x'.repeat(64), 'a b', `${'abcdefg.'.repeat(32)}x`, ''])('%j is none', (name) => {
    expect(encodeDnsName(name)).toBeUndefined();
  });

  it.each([
    ['a pointer to itself', 'c000'],
    ['two that point at each other', 'c002c000'],
    ['a pointer forward', 'c00200'],
    ['a label without its end', '0361'],
    ['a reserved kind of label', '8000'],
    ['no end', '0161'],
  ])('%s is no name', (_, bytes) => {
    expect(readDnsName(hex(bytes), 0)).toBeUndefined();
  });

  it('follow pointers that lead back', () => {
    expect(readDnsName(hex('03777777 00 0161 c000'), 5)).toEqual({ name: 'a.www', next: 9 });
  });
});

describe('answers', () => {
  it.each([
    ['A', A_RECORD, '10.0.0.1'],
    ['AAAA', 'c00c 001c 0001 00000000 0010 20010db8000000000000000000000001', '2001:db8::1'],
    ['MX', 'c00c 000f 0001 00000000 0008 000a 036d7461 c010', '10 mta.example'],
    ['TXT', 'c00c 0010 0001 00000000 0006 0261620 2 6364', 'abcd'],
    ['NS', 'c00c 0002 0001 00000000 0002 c010', 'example'],
    ['SRV', 'c00c 0021 0001 00000000 0008 0001 0002 0050 c010', '1 2 80 example'],
    ['PTR', 'c00c 000c 0001 00000000 0002 c00c', 'www.example'],
  ] as const)('reads %s', (type, record, expected) => {
    const asked = query('www.example', type);
    expect(readDnsAnswer(answer(asked, '8180', record), asked)?.records).toEqual([expected]);
  });

  it('passes over records of other types', () => {
    const asked = query();
    expect(readDnsAnswer(answer(asked, '8180', CNAME_RECORD, A_RECORD), asked)?.records).toEqual([
      '10.0.0.1',
    ]);
  });

  const asked = query();
  it.each([
    ['another id', Buffer.concat([hex('4321'), answer(asked, '8180', A_RECORD).subarray(2)])],
    ['a question', answer(asked, '0180', A_RECORD)],
    ['another name', answer(query('www.exampla'), '8180', A_RECORD)],
    ['another type', answer(query('www.example', 'MX'), '8180', A_RECORD)],
    ['fewer records than announced', answer(asked, '8180', A_RECORD).subarray(0, -5)],
    ['an address of three bytes', answer(asked, '8180', 'c00c 0001 0001 00000000 0003 0a0000')],
    ['a name that loops', answer(query('www.example', 'NS'), '8180', 'c00c 0002 0001 00000000 0002 c027')],
    ['an empty datagram', Buffer.alloc(0)],
  ])('%s is no answer', (_, message) => {
    expect(readDnsAnswer(message, asked)).toBeUndefined();
  });

  it('survives anything', () => {
    const likely = answer(asked, '8180', CNAME_RECORD, A_RECORD);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(likely.length - 1), fc.nat(255))), (changes) => {
        const changed = Buffer.from(likely);
        for (const [at, byte] of changes) changed[at] = byte;
        const read = readDnsAnswer(changed, asked);
        expect(read === undefined || read.records.length < 257).toBe(true);
      }),
    );
  });
});

describe('verdicts', () => {
  const judge = (wanted: string | undefined, records: readonly string[], more = {}, type: DnsType = 'A') =>
    judgeDnsAnswer(
      { name: 'x', type, answer: wanted },
      { responseCode: 0, isTruncated: false, records, ...more },
    );

  it.each([
    [undefined, ['10.0.0.1'], {}, 'A', 'passed'],
    [undefined, [], {}, 'A', 'failed'],
    ['10.0.0.2', ['10.0.0.1', '10.0.0.2'], {}, 'A', 'passed'],
    ['10.0.0.2', ['10.0.0.1'], {}, 'A', 'failed'],
    ['10.0.0.2', ['10.0.0.1'], { isTruncated: true }, 'A', 'truncated'],
    ['10.0.0.1', ['10.0.0.1'], { isTruncated: true }, 'A', 'passed'],
    [undefined, ['10.0.0.1'], { responseCode: 2 }, 'A', 'failed'],
    ['2001:DB8:0::1', ['2001:db8::1'], {}, 'AAAA', 'passed'],
    ['10  Mail.Example.', ['10 mail.example'], {}, 'MX', 'passed'],
    ['A', ['a'], {}, 'TXT', 'failed'],
  ] as const)('wants %j of %j (%j): %s', (wanted, records, more, type, expected) => {
    expect(judge(wanted, records, more, type).type).toBe(expected);
  });

  it('names the code', () => {
    expect(judge(undefined, [], { responseCode: 5 })).toEqual({
      type: 'failed',
      problem: 'the answer was REFUSED',
    });
    expect(judge(undefined, [], { responseCode: 9 })).toMatchObject({ problem: 'the answer was code 9' });
  });
});

describe('over TCP', () => {
  const asked = query();
  const make = () => new DnsDialogue({ name: 'www.example', type: 'A', answer: undefined }, asked);
  const framed = (message: Buffer) => Buffer.concat([Buffer.from([0, message.length]), message]);
  it.each([
    ['a good answer', framed(answer(asked, '8180', A_RECORD)), 'answered'],
    ['an answer cut short', framed(answer(asked, '8380')), 'not: the answer is cut short'],
    ['a foreign protocol', Buffer.from('\0\x05hello'), 'not: what came is no answer to the question'],
  ])('%s', (_, bytes, expected) => {
    expect(verdict(make(), [bytes])).toBe(expected);
  });
  itSurvivesAnything(make, framed(answer(asked, '8180', A_RECORD)));
});
