import { describe, expect, it } from 'vitest';
import { arpTableText, readArpTable } from '../../src/core/arp-table.js';
import { TUNNEL_IPV4, TUNNEL_IPV6 } from '../../src/core/model.js';
import { readSegmentTable, segmentBytesOf, segmentTableText } from '../../src/core/segment-table.js';

/** As nft 1.0.6 lists the tables. */
function listing(...parts: readonly object[]): string {
  return JSON.stringify({ nftables: [{ metainfo: { json_schema_version: 1 } }, ...parts] });
}
const ARP_SET = { set: { family: 'arp', name: 'vips', type: 'ipv4_addr', elem: ['192.0.2.2', '192.0.2.1'] } };
const drop = (chain: string) => ({ rule: { chain, expr: [{ match: {} }, { drop: null }] } });

function segmentParts(name: string, elements: readonly string[], bytes: number) {
  const key = { 'tcp option': { name: 'maxseg', field: 'size' } };
  return [
    { set: { name, elem: elements } },
    {
      rule: {
        chain: 'output',
        expr: [
          { match: { op: '==', left: {}, right: `@${name}` } },
          { match: { op: '>', left: key, right: bytes } },
          { mangle: { key, value: bytes } },
        ],
      },
    },
  ];
}

describe('the table that keeps ARP silent', () => {
  it('drops questions for the VIPs and what names them as sender, all in one transaction', () => {
    const lines = arpTableText(['192.0.2.1', '192.0.2.2']).split('\n');
    expect(lines.slice(0, 2)).toEqual(['add table arp lvs_realserver', 'delete table arp lvs_realserver']);
    expect(lines).toContain('    elements = { 192.0.2.1, 192.0.2.2 }');
    expect(lines).toContain('    arp daddr ip @vips drop');
    expect(lines).toContain('    arp saddr ip @vips drop');
  });

  it('is read back from its listing', () => {
    expect(readArpTable(listing(ARP_SET, drop('input'), drop('output')))).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('counts for nothing where a rule is gone, or for a listing of another form', () => {
    expect(readArpTable(listing(ARP_SET, drop('input')))).toBeUndefined();
    expect(readArpTable(listing(ARP_SET, drop('output')))).toBeUndefined();
    expect(readArpTable('{"nftables": 3}')).toBeUndefined();
    expect(readArpTable('')).toBeUndefined();
  });

  it('may be empty', () => {
    expect(readArpTable(listing({ set: { name: 'vips' } }, drop('input'), drop('output')))).toEqual([]);
  });
});

describe('the table that limits segments', () => {
  it('leaves room for outer and inner headers', () => {
    expect(segmentBytesOf(TUNNEL_IPV4, 1_500)).toBe(1_440);
    expect(segmentBytesOf(TUNNEL_IPV6, 1_500)).toBe(1_400);
  });

  it('has a rule for each family that is there', () => {
    const both = segmentTableText({ vips: ['192.0.2.1', '2001:db8::1'], pathMtuBytes: 1_500 });
    expect(both).toContain(
      'ip saddr @vips4 tcp flags syn tcp option maxseg size > 1440 tcp option maxseg size set 1440',
    );
    expect(both).toContain(
      'ip6 saddr @vips6 tcp flags syn tcp option maxseg size > 1400 tcp option maxseg size set 1400',
    );
    expect(segmentTableText({ vips: ['192.0.2.1'], pathMtuBytes: 1_500 })).not.toContain('vips6');
  });

  it('is read back from its listing', () => {
    const parts = [
      ...segmentParts('vips6', ['2001:db8::1'], 1_400),
      ...segmentParts('vips4', ['192.0.2.1'], 1_440),
    ];
    expect(readSegmentTable(listing(...parts))).toEqual({
      vips: ['192.0.2.1', '2001:db8::1'],
      pathMtuBytes: 1_500,
    });
  });

  it('counts for nothing where the rules do not fit, or are gone', () => {
    const [set, rule] = segmentParts('vips4', ['192.0.2.1'], 1_440);
    expect(readSegmentTable(listing(set ?? {}))).toBeUndefined();
    expect(readSegmentTable(listing(rule ?? {}))).toBeUndefined();
    const parts = [
      ...segmentParts('vips6', ['2001:db8::1'], 1_200),
      ...segmentParts('vips4', ['192.0.2.1'], 1_440),
    ];
    expect(readSegmentTable(listing(...parts))).toBeUndefined();
    expect(readSegmentTable('no JSON')).toBeUndefined();
  });
});
