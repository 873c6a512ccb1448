import { describe, expect, it } from 'vitest';
import { isForeignHolder } from '../../src/core/foreign-holder.js';

const neighbours = [
  { address: '10.0.0.3', mac: '02:00:00:00:00:03', interface: 'eth0' },
  { address: '10.0.1.3', mac: '02:00:00:00:01:03', interface: 'eth1' },
  { address: '10.0.0.1', mac: '02:00:00:00:00:01', interface: 'eth0' },
];
const partner = ['10.0.0.3', '10.0.1.3'];

describe('isForeignHolder', () => {
  it('knows the partner by the MAC of its own address on that interface', () => {
    expect(isForeignHolder({ mac: '02:00:00:00:00:03', interface: 'eth0' }, partner, neighbours)).toBe(false);
  });

  it('names everybody else, the partner of another interface too', () => {
    expect(isForeignHolder({ mac: '02:00:00:00:00:01', interface: 'eth0' }, partner, neighbours)).toBe(true);
    expect(isForeignHolder({ mac: '02:00:00:00:01:03', interface: 'eth0' }, partner, neighbours)).toBe(true);
  });

  it('blames nobody where the partner is not known', () => {
    expect(isForeignHolder({ mac: '02:00:00:00:00:01', interface: 'eth2' }, partner, neighbours)).toBe(false);
    expect(isForeignHolder({ mac: '02:00:00:00:00:01', interface: 'eth0' }, [], neighbours)).toBe(false);
  });
});
