import { describe, expect, it } from 'vitest';
import {
  guardFamilies,
  iptablesFill,
  nftBase,
  nftEmpty,
  nftFill,
  nftRemove,
} from '../../src/core/guard-rules.js';

const TARGETS = {
  vips: ['10.0.0.100', 'fd00::100', '10.0.0.100'],
  natServers: [{ address: '192.168.5.4', port: 80 }],
};

describe('rules of the reset guard', () => {
  it('adds rules to tables of its own and nothing that takes longer', () => {
    const text = nftFill(TARGETS);
    expect(text.match(/output ip saddr 10\.0\.0\.100 tcp flags & rst == rst drop/g)).toHaveLength(1);
    expect(text).toContain(
      'add rule ip6 piranha_guard output ip6 saddr fd00::100 tcp flags & rst == rst drop',
    );
    expect(nftBase([4])).toContain('table ip piranha_guard {\n  chain output { type filter hook output');
    expect(nftBase([4])).toContain('hook forward priority 150');
    expect(text).toContain('add rule ip piranha_guard passing ip saddr 192.168.5.4 tcp sport 80 drop');
    expect(text).not.toMatch(/flush|delete|add chain|table ip [^\n]*\{/);
  });

  it('names only families that there are', () => {
    expect(guardFamilies({ vips: ['10.0.0.1'], natServers: [] })).toEqual([4]);
    expect(guardFamilies({ vips: [], natServers: [] })).toEqual([]);
    expect(nftRemove([6])).toBe('add table ip6 piranha_guard\ndelete table ip6 piranha_guard\n');
    expect(nftEmpty([4])).not.toContain('ip6');
  });

  it('fills the chains of iptables and empties them', () => {
    expect(iptablesFill(TARGETS, 4, true)).toBe(
      '*filter\n:PIRANHA-GUARD - [0:0]\n-A PIRANHA-GUARD -s 10.0.0.100 -p tcp --tcp-flags RST RST -j DROP\nCOMMIT\n' +
        '*mangle\n:PIRANHA-GUARD - [0:0]\n-A PIRANHA-GUARD -s 192.168.5.4 -p tcp --sport 80 -j DROP\nCOMMIT\n',
    );
    expect(iptablesFill({ vips: [], natServers: [] }, 6, true)).not.toContain('-A');
    expect(iptablesFill({ vips: ['10.0.0.1'], natServers: [] }, 4, false)).not.toContain('mangle');
  });

  it('lets nothing into the text that is no address or port', () => {
    for (const vip of ['10.0.0.1; flush ruleset', '10.0.0.1\n', '', '10.0.0.0/8', 'fe80::1 drop']) {
      expect(() => nftFill({ vips: [vip], natServers: [] })).toThrow(/no address/);
      expect(() => iptablesFill({ vips: [vip], natServers: [] }, 4, false)).toThrow(/no address/);
    }
    for (const port of [0, 65_536, 1.5, Number.NaN]) {
      expect(() => nftFill({ vips: [], natServers: [{ address: '10.0.0.1', port }] })).toThrow(/no port/);
    }
  });
});
