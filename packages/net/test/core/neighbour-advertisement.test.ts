import { describe, expect, it } from 'vitest';
import { unsolicitedAdvertisement } from '../../src/core/neighbour-advertisement.js';

const HOLDER = { mac: '02:00:5e:10:00:01', address: 'fd00:77::64' };

describe('unsolicitedAdvertisement', () => {
  it("overrides what neighbours know; the checksum is the kernel's work", () => {
    expect(unsolicitedAdvertisement({ ...HOLDER, isRouter: false }).toString('hex')).toBe(
      '88000000' + '20000000' + 'fd000077000000000000000000000064' + '0201' + '02005e100001',
    );
  });

  it('says so where it comes from a router', () => {
    expect(unsolicitedAdvertisement({ ...HOLDER, isRouter: true }).toString('hex', 4, 8)).toBe('a0000000');
  });

  it('is for IPv6 only', () => {
    expect(() => unsolicitedAdvertisement({ ...HOLDER, address: '10.0.0.1', isRouter: false })).toThrow();
  });
});
