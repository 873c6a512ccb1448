import { describe, expect, it } from 'vitest';
import { DIRECTOR_TRAPS, examine } from '../../src/core/examine.js';
import type { Facts } from '../../src/core/facts.js';
import { readIptablesSave } from '../../src/core/read-iptables.js';
import { configurationWith, healthy, server } from './facts.js';
import { claim, MARKED, status, TRAPS } from './traps.js';

const codes = (change: Partial<Facts>) => examine(healthy(change)).map(({ code }) => code);

describe('the doctor', () => {
  it('has recorded facts for every trap', () => {
    const shown = new Set(TRAPS.map(([code]) => code));
    expect(DIRECTOR_TRAPS.map(({ code }) => code).filter((code) => !shown.has(code))).toEqual([]);
    expect(new Set(DIRECTOR_TRAPS.map(({ code }) => code)).size).toBe(DIRECTOR_TRAPS.length);
  });

  it('finds nothing where nothing is wrong', () => {
    expect(examine(healthy())).toEqual([]);
  });

  it.each(TRAPS)('finds %s alone, and nothing after the remedy', (code, wrong, right) => {
    expect(codes(wrong)).toEqual([code]);
    expect(codes(right)).toEqual([]);
  });

  it('tells what was seen and what helps, errors first', () => {
    const found = examine(
      healthy({ load: 9, holders: [{ ...claim, owner: 'one' }], missingPrivileges: ['root'] }),
    );
    expect(found.map(({ severity }) => severity)).toEqual(['error', 'error', 'warning']);
    expect(found[1]).toMatchObject({
      code: 'DOCTOR_VIP_ANSWERED',
      evidence: '02:00:00:00:00:11 on eth0 (one) says that it has 10.0.0.100',
      remedy: expect.stringContaining('arp_ignore'),
    });
  });

  it('stays silent about what could not be looked at', () => {
    const blind = {
      links: undefined,
      firewall: undefined,
      addresses: undefined,
      syncDaemons: undefined,
      clock: undefined,
      holders: undefined,
      paths: undefined,
      configuration: MARKED,
    };
    expect(codes({ ...blind, sysctls: new Map(), routes: new Map() })).toEqual([]);
  });

  it('blames a partner that holds a VIP only beside an active node', () => {
    const holders = [{ ...claim, owner: 'the partner' }];
    expect(codes({ holders, pulse: status() })).toEqual(['DOCTOR_VIP_DUPLICATE']);
  });

  it('expects a partner to hold the groups of addresses that are not here', () => {
    const holders = [{ ...claim, owner: 'the partner' }];
    const group = {
      ...({ name: 'post', preferred: 'backup', active: false, state: 'standby' } as const),
      ...{ reason: '', since: '', vips: [claim.address] },
    } as const;
    expect(codes({ holders, pulse: { ...status(), vips: [], groups: [group] } })).toEqual([]);
    expect(codes({ holders, pulse: { ...status(), vips: [claim.address], groups: [group] } })).toEqual([
      'DOCTOR_VIP_DUPLICATE',
    ]);
  });

  it('says on which of the directors a mark is missing', () => {
    const on = (address: string) =>
      examine(
        healthy({
          configuration: MARKED,
          addresses: [{ address, family: 4, prefixLength: 24, device: 'eth0', isSecondary: false }],
        }),
      )[0]?.evidence;
    expect(on('10.0.0.2')).toContain(
      'no firewall rule of this director, the primary, sets it for 10.0.0.100',
    );
    expect(on('10.0.0.3')).toContain('no firewall rule of this director, the backup, sets it');
    expect(on('10.0.0.9')).toContain(
      'no firewall rule of this machine, which is neither of the directors, sets it',
    );
  });

  it('asks for what reaches this director on each path of the heartbeats', () => {
    const configuration = configurationWith(
      server(),
      'primary_private = 10.0.1.2\nbackup_private = 10.0.1.3',
    );
    const firewall = readIptablesSave('*filter\n:INPUT DROP [0:0]\n-A INPUT -s 10.0.0.3/32 -j ACCEPT\n');
    const [found, ...more] = examine(healthy({ configuration, firewall }));
    expect(found?.evidence).toBe(
      'ip filter: policy of INPUT is drop, and nothing before it accepts UDP port 539 from 10.0.1.3',
    );
    expect(more).toEqual([]);
  });

  it('finds a setting that somebody changed behind a running pulse, and not before it runs', () => {
    const sysctls = new Map([['net.ipv4.vs.expire_nodest_conn', '0']]);
    expect(codes({ sysctls })).toEqual([]);
    expect(codes({ sysctls, pulse: status() })).toEqual(['DOCTOR_IPVS_SETTINGS']);
    expect(codes({ sysctls, pulse: { ...status(), state: 'taking' } })).toEqual([]);
  });
});
