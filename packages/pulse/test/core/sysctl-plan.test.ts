import { describe, expect, it } from 'vitest';
import { normalSysctlValue, sysctlAdvice, wantedSysctls } from '../../src/core/sysctl-plan.js';

const NAT = { failoverState: 'none' as const, manageSysctls: true, forwardsNat: true };

describe('sysctls of a takeover', () => {
  it('compares what the kernel prints with tabs', () => {
    expect(normalSysctlValue('0\t0\n')).toBe('0 0');
  });

  it('writes backup_only before anything else', () => {
    for (const serving of [true, false]) {
      expect(wantedSysctls('sync', serving)[0]).toEqual({
        name: 'net.ipv4.vs.backup_only',
        value: serving ? '0' : '1',
      });
    }
  });

  it('never wants backup_only = 1 without a backup side', () => {
    expect(wantedSysctls('hash', false).map(({ name }) => name)).not.toContain('net.ipv4.vs.backup_only');
  });

  it('warns of NAT without forwarding, and leaves it to the operator', () => {
    const advice = sysctlAdvice(NAT, new Map([['net.ipv4.ip_forward', '0']]));
    expect(advice).toMatchObject([{ name: 'net.ipv4.ip_forward', value: '1', found: '0' }]);
    expect(sysctlAdvice(NAT, new Map([['net.ipv4.ip_forward', '1']]))).toEqual([]);
    expect(wantedSysctls('sync', true).map(({ name }) => name)).not.toContain('net.ipv4.ip_forward');
  });

  it('names what it would have written where it may not', () => {
    const settings = { failoverState: 'hash' as const, manageSysctls: false, forwardsNat: false };
    const values = new Map([
      ['net.ipv4.vs.sloppy_tcp', '0'],
      ['net.ipv4.vs.expire_nodest_conn', '1'],
    ]);
    expect(sysctlAdvice(settings, values).map(({ name }) => name)).toEqual(['net.ipv4.vs.sloppy_tcp']);
  });
});
