import type { ArpPacket } from '@piranha/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HolderWatch } from '../../src/shell/holder-watch.js';
import { vip } from '../support/network.js';

let heard: (packet: ArpPacket) => void;
vi.mock('@piranha/net', async (original) => ({
  ...(await original<typeof import('@piranha/net')>()),
  watchArp: (_name: string, onPacket: typeof heard) => {
    heard = onPacket;
    return { close: () => undefined };
  },
}));

const GROUPS: Readonly<Record<string, string>> = {
  '10.0.0.8': 'main',
  '10.0.0.9': 'main',
  '10.0.0.10': 'post',
  '10.0.0.11': 'shop',
};

let told: string[];
let watch: HolderWatch;

const hear = (senderAddress: string): void => heard({ senderAddress, senderMac: 'aa' } as ArpPacket);

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  watch = new HolderWatch({
    onOther: ({ address }) => void told.push(address),
    onProblem: () => undefined,
    groupOf: (address) => GROUPS[address] ?? 'main',
  });
  watch.watch(Object.keys(GROUPS).map((address) => vip(address, 'eth0')));
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

describe('other holders of addresses', () => {
  it('are told once a second, the last of a second too', () => {
    for (let count = 0; count < 5; count += 1) hear(count % 2 === 0 ? '10.0.0.8' : '10.0.0.9');
    expect(told).toEqual(['10.0.0.8']);
    vi.advanceTimersByTime(5_000);
    expect(told).toHaveLength(2);
  });

  it('are told for each group: one that is heard often hides no other', () => {
    for (const address of ['10.0.0.8', '10.0.0.10', '10.0.0.11', '10.0.0.8']) hear(address);
    expect(told).toEqual(['10.0.0.8', '10.0.0.10', '10.0.0.11']);
  });
});
