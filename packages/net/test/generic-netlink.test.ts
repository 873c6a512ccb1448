import { constants } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { genericRequest, getFamilyRequest, readFamilyNumber } from '../src/core/generic-messages.js';
import {
  encodeNetlinkAttribute,
  type NetlinkMessage,
  netlinkAttributes,
  netlinkMessages,
} from '../src/core/netlink-message.js';
import { GenericNetlink } from '../src/generic-netlink.js';

const { ENOENT, EOPNOTSUPP } = constants.errno;
const GET_FAMILY = 3;

describe('generic netlink on this kernel', () => {
  let family: GenericNetlink;
  afterEach(() => family.close());

  it('carries a request out and gives what the kernel answers', async () => {
    family = new GenericNetlink('nlctrl', 2);
    const attributes = encodeNetlinkAttribute(2, Buffer.from('nlctrl\0'));
    expect(await family.request({ command: GET_FAMILY, attributes })).toMatchObject({ errno: 0 });
    const unknown = { command: GET_FAMILY, attributes: encodeNetlinkAttribute(2, Buffer.from('none\0')) };
    expect(await family.request(unknown)).toMatchObject({ errno: ENOENT });
    expect(await family.request({ command: 99, attributes })).toMatchObject({ errno: EOPNOTSUPP });
  });

  it('tells that the kernel has no such family', async () => {
    family = new GenericNetlink('piranha-none', 1);
    expect(await family.request({ command: 1, attributes: Buffer.alloc(0) })).toBeUndefined();
  });
});

/** A kernel in which the family has a number that may change, and answers in the same way each time. */
class StandIn {
  readonly asked: string[] = [];

  constructor(
    public number: number | undefined,
    private readonly errno: number,
  ) {}

  ask = async (build: (sequence: number) => Buffer) => {
    const [message] = netlinkMessages(build(1));
    if (message === undefined) throw new Error('no message');
    if (message.type !== 16) {
      this.asked.push(`change by ${message.type}`);
      const errno = message.type === this.number ? this.errno : ENOENT;
      return { messages: [], answer: { errno, text: undefined } };
    }
    this.asked.push('number');
    const messages = this.number === undefined ? [] : [familyMessage(this.number)];
    return { messages, answer: { errno: messages.length > 0 ? 0 : ENOENT, text: undefined } };
  };

  close(): void {
    this.asked.push('close');
  }
}

function familyMessage(number: number): NetlinkMessage {
  const value = Buffer.alloc(2);
  value.writeUInt16LE(number);
  const payload = Buffer.concat([Buffer.from([1, 2, 0, 0]), encodeNetlinkAttribute(1, value)]);
  return { type: 16, flags: 0, sequence: 1, payload };
}

const CHANGE = { command: 6, attributes: Buffer.alloc(0) };

describe('a family of generic netlink', () => {
  it('is looked for once', async () => {
    const kernel = new StandIn(30, 0);
    const family = new GenericNetlink('IPVS', 1, kernel);
    await family.find();
    for (let round = 0; round < 2; round += 1) {
      expect(await family.request(CHANGE)).toMatchObject({ errno: 0 });
    }
    expect(kernel.asked).toEqual(['number', 'change by 30', 'change by 30']);
  });

  it('is looked for again where it may have another number', async () => {
    const kernel = new StandIn(30, 0);
    const family = new GenericNetlink('IPVS', 1, kernel);
    await family.find();
    kernel.number = 31;
    expect(await family.request(CHANGE)).toMatchObject({ errno: 0 });
    expect(kernel.asked).toEqual(['number', 'change by 30', 'number', 'change by 31']);
    kernel.number = undefined;
    expect(await family.request(CHANGE)).toBeUndefined();
  });

  it('is believed when it says that what is to be changed is not there', async () => {
    const kernel = new StandIn(30, ENOENT);
    const family = new GenericNetlink('IPVS', 1, kernel);
    expect(await family.request(CHANGE)).toMatchObject({ errno: ENOENT });
    expect(await family.request(CHANGE)).toMatchObject({ errno: ENOENT });
    expect(kernel.asked).toEqual(['number', 'change by 30', 'change by 30', 'number']);
  });
});

describe('messages of generic netlink', () => {
  it('have the bytes that the kernel takes', () => {
    expect(genericRequest(9, { type: 30, version: 1, command: 6 }, Buffer.from('abcd')).toString('hex')).toBe(
      '180000001e00050009000000000000000601000061626364',
    );
    const [message] = netlinkMessages(getFamilyRequest(9, 'IPVS'));
    expect(message).toMatchObject({ type: 16, flags: 5, sequence: 9 });
    expect(
      netlinkAttributes(message?.payload.subarray(4) ?? Buffer.alloc(0))
        .get(2)
        ?.toString(),
    ).toBe('IPVS\0');
  });

  it('tell no number where there is none', () => {
    const empty = { type: 16, flags: 0, sequence: 1 };
    expect(readFamilyNumber([])).toBeUndefined();
    for (const bytes of [0, 3, 4, 7]) {
      expect(readFamilyNumber([{ ...empty, payload: Buffer.alloc(bytes) }])).toBeUndefined();
    }
    const short = encodeNetlinkAttribute(1, Buffer.from([7]));
    expect(
      readFamilyNumber([{ ...empty, payload: Buffer.concat([Buffer.alloc(4), short]) }]),
    ).toBeUndefined();
    expect(readFamilyNumber([familyMessage(30)])).toBe(30);
  });
});
