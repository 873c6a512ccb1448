import { describe, expect, it } from 'vitest';
import { SyncDoor } from '../../src/core/sync-door.js';

const PARTNERS = ['192.0.2.2', '198.51.100.2'];

describe('the door for copies of lvs.cf', () => {
  it('opens to the addresses of the partner alone', () => {
    const door = new SyncDoor();
    expect(door.refusal('198.51.100.2', PARTNERS, 0)).toBeUndefined();
    for (const address of ['192.0.2.3', undefined, '']) {
      expect(door.refusal(address, PARTNERS, 0)).toBe('not from an address of the partner');
    }
    expect(door.refusal('192.0.2.2', [], 0)).toBe('not from an address of the partner');
  });

  it('lets four in at a time', () => {
    const door = new SyncDoor();
    const knock = () => door.refusal('192.0.2.2', PARTNERS, 0);
    expect([1, 2, 3, 4].map(knock)).toEqual(Array(4).fill(undefined));
    expect(knock()).toBe('too many at a time');
    door.left();
    expect(knock()).toBeUndefined();
  });

  it('stays shut for a while to who cannot prove itself ten times', () => {
    const door = new SyncDoor();
    for (let second = 0; second < 10; second += 1) door.failed(second * 1_000);
    expect(door.refusal('192.0.2.2', PARTNERS, 59_999)).toBe('too many failed handshakes');
    expect(door.refusal('192.0.2.2', PARTNERS, 60_000)).toBeUndefined();
  });

  it('tells one line a minute for each reason, with how many there were', () => {
    const door = new SyncDoor();
    expect(door.news('a', 0)).toBe(1);
    expect([1, 2, 3].map((ms) => door.news('a', ms))).toEqual([undefined, undefined, undefined]);
    expect(door.news('b', 4)).toBe(1);
    expect(door.news('a', 60_000)).toBe(4);
  });
});
