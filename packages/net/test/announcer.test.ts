import { describe, expect, it } from 'vitest';
import { Announcer, watchArp } from '../src/index.js';

const isRoot = process.getuid?.() === 0;
const MISSING = 'piranha-missing';

describe('Announcer', () => {
  it('tells of a bad address instead of throwing, and of others too', () => {
    const announcer = new Announcer();
    const problems = announcer.announce([
      { address: '10.0.0.300', interface: 'lo' },
      { address: '10.0.0.1', interface: MISSING },
      { address: 'fd00::1', interface: '' },
    ]);
    announcer.close();
    expect(problems[0]).toBe('10.0.0.300 on lo: no IP address');
    expect(problems).toHaveLength(3);
  });
});

describe.skipIf(!isRoot)('as root (skipped otherwise: packet sockets need CAP_NET_RAW)', () => {
  it('skips an interface without ARP and tells of a missing one', () => {
    const lines: string[] = [];
    const announcer = new Announcer({ onLine: (line) => lines.push(line) });
    const targets = [
      { address: '10.0.0.1', interface: 'lo:1' },
      { address: 'fd00::1', interface: 'lo' },
      { address: '10.0.0.2', interface: MISSING },
      { address: '10.0.0.3', interface: 'a-name-longer-than-the-kernel-has' },
    ];
    const expected = [
      '10.0.0.2 on piranha-missing: no such device',
      '10.0.0.3 on a-name-longer-than-the-kernel-has: no device name',
    ];
    expect(announcer.announce(targets)).toEqual(expected);
    expect(lines).toEqual(['lo:1: no ARP here, 10.0.0.1 skipped', 'lo: no ARP here, fd00::1 skipped']);
    expect(announcer.probe(targets)).toEqual(expected);
    announcer.close();
    expect(announcer.announce(targets)).toEqual(expected);
    announcer.close();
  });

  it('does not watch an interface that is missing or has no ARP', () => {
    const watch = (name: string) => () =>
      watchArp(
        name,
        () => {},
        () => {},
      );
    expect(watch(MISSING)).toThrow(expect.objectContaining({ code: 'ARP_DEVICE' }));
    expect(watch('lo')).toThrow(expect.objectContaining({ code: 'ARP_DEVICE' }));
  });
});
