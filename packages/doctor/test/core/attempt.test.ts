import { describe, expect, it } from 'vitest';
import { isAnswer } from '../../src/core/attempt.js';

const MAC = '02:00:00:00:00:11';
const HEADER = {
  sourceAddress: '10.0.0.2',
  sourcePort: 61_000,
  targetAddress: '10.0.0.100',
  targetPort: 80,
  sequence: 0xffffffff,
  acknowledgement: 0,
  flags: 2,
};
const ATTEMPT = { path: { mac: MAC }, header: HEADER, dataBytes: 0 };
const ANSWER = {
  sourceMac: MAC,
  targetMac: '02:00:00:00:00:02',
  sourceAddress: HEADER.targetAddress,
  sourcePort: HEADER.targetPort,
  targetAddress: HEADER.sourceAddress,
  targetPort: HEADER.sourcePort,
  sequence: 7,
  acknowledgement: 0,
  flags: 18,
};

describe('the answer to a connection that was begun', () => {
  it('comes from the VIP, from the machine that was asked, to where it was asked from', () => {
    expect(isAnswer(ATTEMPT, ANSWER)).toBe(true);
    for (const change of [
      { sourceMac: '02:00:00:00:00:12' },
      { sourceAddress: '10.0.0.11' },
      { sourcePort: 81 },
      { targetAddress: '10.0.0.3' },
      { targetPort: 61_001 },
    ]) {
      expect(isAnswer(ATTEMPT, { ...ANSWER, ...change })).toBe(false);
    }
  });

  it('is told from that of another server of the same VIP, which came through another tunnel', () => {
    const tunnelled = { ...ATTEMPT, path: { mac: undefined } };
    expect(isAnswer(tunnelled, { ...ANSWER, sourceMac: '02:00:00:00:00:99' })).toBe(true);
    expect(isAnswer(tunnelled, { ...ANSWER, acknowledgement: 1 })).toBe(false);
  });

  it('may refuse a whole packet with its data', () => {
    const full = { ...ATTEMPT, dataBytes: 1_460 };
    expect(isAnswer(full, ANSWER)).toBe(true);
    expect(isAnswer(full, { ...ANSWER, acknowledgement: 1_460 })).toBe(true);
    expect(isAnswer(full, { ...ANSWER, acknowledgement: 1_461 })).toBe(false);
  });
});
