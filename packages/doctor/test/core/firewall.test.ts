import { describe, expect, it } from 'vitest';
import { droppedBy, type FirewallChain, setsMark } from '../../src/core/firewall.js';
import type { Packet } from '../../src/core/firewall-condition.js';
import { readIptablesSave } from '../../src/core/read-iptables.js';
import { readNftRuleset } from '../../src/core/read-nft.js';

const BEAT: Packet = {
  family: 4,
  protocol: 'udp',
  sourceAddress: '10.0.0.3',
  targetAddress: '10.0.0.2',
  targetPort: 539,
  device: 'eth0',
  state: 'new',
};

const iptables = (...rules: readonly string[]) =>
  readIptablesSave(`*filter\n:INPUT DROP [0:0]\n:OWN - [0:0]\n${rules.join('\n')}\nCOMMIT\n`);
const nft = (...lines: readonly string[]) =>
  readNftRuleset(
    `table inet f {\n${lines.filter((line) => line.startsWith('set') || line.startsWith('map')).join('\n')}
chain input {\ntype filter hook input priority filter; policy drop;\n${lines.filter((line) => !/^(set|map|chain)/.test(line)).join('\n')}\n}
${lines.filter((line) => line.startsWith('chain')).join('\n')}
}\n`,
  );
const passes = (chains: readonly FirewallChain[], packet: Partial<Packet> = {}) =>
  droppedBy(chains, 'INPUT', { ...BEAT, ...packet }) === undefined;

describe('what becomes of a packet in iptables', () => {
  it.each([
    ['-A INPUT -p udp -m udp --dport 539 -j ACCEPT'],
    ['-A INPUT -p udp -m udp --dport 500:600 -j ACCEPT'],
    ['-A INPUT -p udp -m multiport --dports 53,539,1000:2000 -j ACCEPT'],
    ['-A INPUT -s 10.0.0.0/24 -j ACCEPT'],
    ['-A INPUT -s 10.0.0.0/255.255.255.0 -i eth+ -j ACCEPT'],
    ['-A INPUT ! -s 10.9.0.0/16 -p udp -j ACCEPT'],
    ['-A INPUT -m comment --comment "-p tcp -j DROP" -p udp -j ACCEPT'],
    // What is not understood may accept it.
    ['-A INPUT -m set --match-set trusted src -j ACCEPT'],
    ['-A INPUT -p udp -m socket --transparent -j ACCEPT'],
    ['-A INPUT -j NFQUEUE --queue-num 1'],
  ])('is let in by %s', (rule) => {
    expect(passes(iptables(rule))).toBe(true);
  });

  it.each([
    ['-A INPUT -p udp -m udp --dport 540 -j ACCEPT'],
    ['-A INPUT -p tcp -m tcp --dport 539 -j ACCEPT'],
    ['-A INPUT -p udp -m udp ! --dport 539 -j ACCEPT'],
    ['-A INPUT -i lo -j ACCEPT'],
    ['-A INPUT -s 10.0.0.4/32 -j ACCEPT'],
    ['-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'],
    ['-A INPUT -p udp -j LOG --log-prefix "udp -j ACCEPT "'],
    ['-A OWN -j ACCEPT'],
  ])('is not let in by %s', (rule) => {
    expect(passes(iptables(rule))).toBe(false);
  });

  it('follows jumps and comes back from them', () => {
    expect(passes(iptables('-A INPUT -p udp -j OWN', '-A OWN -p udp -m udp --dport 539 -j ACCEPT'))).toBe(
      true,
    );
    expect(passes(iptables('-A INPUT -p tcp -j OWN', '-A OWN -j ACCEPT'))).toBe(false);
    expect(
      passes(iptables('-A INPUT -j OWN', '-A INPUT -j ACCEPT', '-A OWN -p udp -j RETURN', '-A OWN -j DROP')),
    ).toBe(true);
    expect(passes(iptables('-A INPUT -g OWN', '-A INPUT -j ACCEPT', '-A OWN -p tcp -j DROP'))).toBe(false);
    // A ring is nothing that a kernel takes; it must not hang here.
    expect(passes(iptables('-A INPUT -j OWN', '-A OWN -j OWN'))).toBe(true);
  });

  it('names the rule that drops it, with the last word after the policy', () => {
    const chains = readIptablesSave(
      '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited\n',
    );
    expect(droppedBy(chains, 'INPUT', BEAT)).toBe(
      'ip filter: -A INPUT -j REJECT --reject-with icmp-host-prohibited',
    );
    expect(droppedBy(iptables(), 'INPUT', BEAT)).toBe('ip filter: policy of INPUT is drop');
    expect(droppedBy(chains, 'FORWARD', BEAT)).toBeUndefined();
    expect(droppedBy(chains, 'INPUT', { ...BEAT, family: 6 })).toBeUndefined();
  });
});

describe('what becomes of a packet in nft', () => {
  it.each([
    ['udp dport 539 accept'],
    ['udp dport { 22, 500-600 } counter packets 3 bytes 9 accept'],
    ['ip saddr 10.0.0.3 iifname "eth0" accept comment "the partner"'],
    ['meta l4proto { tcp, udp } th dport 539 accept'],
    ['iifname != "eth1" log prefix "drop: " accept'],
    // What is not understood may accept it.
    ['ip saddr . udp dport @pairs accept'],
    ['udp dport vmap { 539 : accept }'],
    ['ip saddr 10.0.0.1-10.0.0.9 accept'],
    ['limit rate 5/second accept'],
  ])('is let in by %s', (rule) => {
    expect(passes(nft(rule))).toBe(true);
  });

  it.each([
    ['udp dport 540 accept'],
    ['tcp dport 539 accept'],
    ['udp dport != 539 accept'],
    ['udp dport { 22, 500-538 } accept'],
    ['ct state established,related accept'],
    ['iif "lo" accept'],
    ['ip6 saddr fd00::/8 accept'],
    ['log prefix "accept " counter'],
  ])('is not let in by %s', (rule) => {
    expect(passes(nft(rule))).toBe(false);
  });

  it('looks into sets by their names', () => {
    const set = (elements: string) =>
      `set ports {\ntype inet_service\nflags interval\nelements = { ${elements} }\n}`;
    expect(passes(nft(set('22, 500-600'), 'udp dport @ports accept'))).toBe(true);
    expect(passes(nft(set('22,\n80 timeout 5m expires 3m,\n539'), 'udp dport @ports accept'))).toBe(true);
    expect(passes(nft(set('22, 80'), 'udp dport @ports accept'))).toBe(false);
  });

  it('follows jumps', () => {
    expect(passes(nft('jump own', 'chain own {\nudp dport 539 accept\n}'))).toBe(true);
    expect(passes(nft('goto own', 'accept', 'chain own {\ntcp dport 80 accept\n}'))).toBe(false);
    expect(passes(nft('udp dport 539 drop', 'accept'))).toBe(false);
  });
});

// As nft 1.0.6 prints it.
const RULESET = `table inet f {
	set ports {
		type inet_service
		flags interval
		elements = { 22, 80, 500-600, 700, 701,
			     702, 703, 1000-2000, 3000, 4000,
			     5000, 6000, 7000, 8000 }
	}

	set trusted {
		type ipv4_addr
		flags interval
		elements = { 10.0.0.0/24, 10.1.0.5 }
	}

	map marks {
		type inet_service : mark
		elements = { 80 : 0x00000007, 443 : 0x00000008 }
	}

	chain own {
		tcp dport 80 accept
		udp dport @ports counter packets 0 bytes 0 accept comment "x y"
	}

	chain input {
		type filter hook input priority filter; policy drop;
		iifname "lo" accept
		ct state established,related accept
		ct state invalid drop
		ip saddr @trusted udp dport { 539, 8848 } log prefix "a b" accept
		ip protocol icmp icmp type echo-request limit rate 5/second accept
		meta l4proto { tcp, udp } th dport 53 accept
		jump own
		reject with icmpx admin-prohibited
	}

	chain pre {
		type filter hook prerouting priority mangle; policy accept;
		meta mark set tcp dport map @marks
		ip daddr 10.0.0.100 tcp dport { 80, 443 } meta mark set 0x00000009 accept
		tcp dport vmap { 80 : accept, 90 : drop }
	}
}
`;

describe('a ruleset as nft prints it', () => {
  const chains = readNftRuleset(RULESET);
  const fate = (packet: Partial<Packet>) => droppedBy(chains, 'INPUT', { ...BEAT, ...packet });
  const from = { sourceAddress: '10.9.0.1' };

  it('is followed from rule to rule', () => {
    expect(fate({})).toBeUndefined();
    expect(fate({ ...from, targetPort: 539 })).toBeUndefined();
    expect(fate({ ...from, targetPort: 610 })).toBe('inet f: reject with icmpx admin-prohibited');
    expect(fate({ ...from, targetPort: 1_500 })).toBeUndefined();
    expect(fate({ ...from, targetPort: 610, state: 'invalid' })).toBe('inet f: ct state invalid drop');
    expect(fate({ ...from, targetPort: 610, device: 'lo' })).toBeUndefined();
    expect(fate({ ...from, targetPort: 53 })).toBeUndefined();
    expect(fate({ ...from, targetPort: 610, state: undefined })).toBeUndefined();
  });

  it('sets the marks of its maps', () => {
    const packet = { ...BEAT, protocol: 'tcp', targetPort: undefined };
    const marks = (targetAddress: string) =>
      [7, 8, 9, 10].filter((mark) => setsMark(chains, mark, { ...packet, targetAddress }));
    expect(marks('10.0.0.100')).toEqual([7, 8, 9]);
    expect(marks('10.0.0.101')).toEqual([7, 8]);
  });
});

describe('marks', () => {
  const packet: Packet = {
    ...BEAT,
    sourceAddress: undefined,
    targetAddress: '10.0.0.100',
    targetPort: undefined,
  };
  const sets = (chains: readonly FirewallChain[]) => setsMark(chains, 7, packet);
  const mangle = (rule: string) =>
    readIptablesSave(`*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${rule}\n`);

  it('are found whatever sets them', () => {
    expect(sets(mangle('-d 10.0.0.100/32 -p tcp --dport 80 -j MARK --set-xmark 0x7/0xffffffff'))).toBe(true);
    expect(sets(nft('meta mark set 0x00000007 accept'))).toBe(true);
    expect(sets(nft('meta mark set tcp dport map { 80 : 0x00000007, 443 : 0x00000008 }'))).toBe(true);
    expect(
      sets(
        nft(
          'map m {\ntype inet_service : mark\nelements = { 80 : 0x00000007 }\n}',
          'meta mark set tcp dport map @m',
        ),
      ),
    ).toBe(true);
  });

  it('of other addresses do not count', () => {
    expect(sets(mangle('-d 10.0.0.101/32 -j MARK --set-xmark 0x7/0xffffffff'))).toBe(false);
    expect(sets(mangle('-d 10.0.0.100/32 -j MARK --set-xmark 0x8/0xffffffff'))).toBe(false);
    expect(sets(nft('ip daddr 10.0.0.101 meta mark set 0x00000007'))).toBe(false);
  });
});
