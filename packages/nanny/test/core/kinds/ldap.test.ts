import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { berElement, berElements, readBerHeader } from '../../../src/core/kinds/ber.js';
import { LdapDialogue } from '../../../src/core/kinds/ldap.js';
import { converse, itSurvivesAnything, verdict } from '../../support/converse.js';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
/** What OpenLDAP's slapd answers. */
const BOUND = hex('300c 020101 6107 0a0100 0400 0400');
const DENIED = hex('3014 020101 610f 0a0130 0400 0408 6e6f206c7564636b'.replace('6c7564636b', '6c75636b21'));
const ENTRY = hex(
  '3011 020102 640c 040a 64633d6578616d706c65'.replace('3011', '3013').replace('640c', '640e').concat('3000'),
);
const DONE = hex('300c 020102 6507 0a0100 0400 0400');
const NO_OBJECT = hex('300c 020102 6507 0a0120 0400 0400');

describe('BER', () => {
  it('reads back the elements that it writes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (contents) => {
        const encoded = Buffer.concat(contents.map((content) => berElement(0x04, content)));
        const read = berElements(encoded)?.map(({ content }) => Uint8Array.from(content));
        expect(read).toEqual(contents);
      }),
    );
  });

  it.each([
    ['3080', 'bad'],
    ['3085 0000000001', 'bad'],
    ['1f01', 'bad'],
    ['30', 'short'],
    ['308200', 'short'],
    ['3084 ffffffff', { tag: 0x30, headerBytes: 6, contentBytes: 0xffffffff }],
  ])('%s', (bytes, expected) => {
    expect(readBerHeader(hex(bytes))).toEqual(expected);
  });

  it('takes no element that is longer than what it stands in', () => {
    expect(berElements(hex('0405 6162'))).toBeUndefined();
  });
});

describe('ldap', () => {
  const anonymous = () => new LdapDialogue({ login: undefined, searchBase: undefined });
  const search = () => new LdapDialogue({ login: undefined, searchBase: 'dc=example' });

  it('binds to the bytes as OpenLDAP does, and unbinds', () => {
    const { sent } = converse(anonymous(), [BOUND]);
    expect(sent).toEqual([hex('300c 020101 6007 020103 0400 8000'), hex('3005 020103 4200')]);
    const login = { user: 'cn=a', password: 'pw' };
    const { sent: named } = converse(new LdapDialogue({ login, searchBase: undefined }), []);
    expect(named).toEqual([hex('3012 020101 600d 020103 0404 636e3d61 8002 7077')]);
  });

  it('asks for one entry, without attributes', () => {
    const { sent } = converse(search(), [BOUND]);
    expect(sent[1]).toEqual(
      hex(
        '3034 020102 632f 040a 64633d6578616d706c65 0a0100 0a0100 020101 020100 010100 870b 6f626a656374436c617373 3005 0403 312e31',
      ),
    );
  });

  it.each([
    ['bound', anonymous, [BOUND], 'bind accepted'],
    ['denied', anonymous, [DENIED], 'not: the answer to the bind was result 48 "no luck!"'],
    ['found', search, [BOUND, ENTRY, DONE], 'entry found'],
    ['found at once', search, [BOUND, Buffer.concat([ENTRY, DONE])], 'entry found'],
    ['empty', search, [BOUND, DONE], 'not: the answer to the search holds no entry'],
    ['no such object', search, [BOUND, NO_OBJECT], 'not: the answer to the search was result 32'],
    ['a foreign protocol', anonymous, ['SSH-2.0-x\r\n'], 'not: the answer to the bind is no LDAP message'],
    ['a length of 4 GB', anonymous, [hex('3084ffffffff')], 'not: the answer to the bind is too long'],
    [
      'a goodbye',
      anonymous,
      [hex('300c 020100 7807 0a0134 0400 0400')],
      'not: the answer to the bind is something else',
    ],
  ] as const)('%s', (_, make, answers, expected) => {
    expect(verdict(make(), answers)).toBe(expected);
  });
  itSurvivesAnything(anonymous, BOUND, DENIED);
});
