import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { Director } from '../guest/director.js';
import { type DoctorFinding, examine } from '../guest/examine.js';
import type { ScenarioGroup } from '../guest/group.js';
import { DIRECTORS, serverBlocks, virtualBlock } from '../guest/lvs-cf.js';
import { setSysctls } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { holdSilently } from '../guest/real-server.js';
import { until } from '../guest/requests.js';

const VIP = '10.0.0.100';
const SERVERS = ['one'] as const;
/** An lvs.cf that is only examined, never run. */
const EXAMINED = '/run/lab/examined.cf';
const MARK = `-t mangle -A PREROUTING -d ${VIP} -p tcp --dport 443 -j MARK --set-mark 7`;

const CONFIGURATION = `${DIRECTORS}
network = direct
${virtualBlock(
  'web',
  { address: `${VIP} eth0:1`, port: 80, scheduler: 'rr' },
  serverBlocks('public', SERVERS),
)}
${virtualBlock(
  'marked',
  { address: `${VIP} eth0:1`, port: 443, fwmark: 7, scheduler: 'rr' },
  serverBlocks('public', SERVERS),
)}
`;

/** The codes of a file that differs from the running one by this. */
async function codesOf(director: Director, change: (text: string) => string): Promise<readonly string[]> {
  writeFileSync(EXAMINED, change(CONFIGURATION));
  return [...new Set((await examine(director, EXAMINED)).map(({ code }) => code))];
}

/** Demands that the doctor finds this while something is wrong, and nothing once it was put right. */
async function findsOnly(pair: Pair, code: string, wrong: () => void, right: () => void): Promise<string> {
  const { active } = await pair.settled();
  wrong();
  let found: readonly DoctorFinding[];
  try {
    found = await examine(active, pair.configurationFile);
  } finally {
    right();
  }
  assert.deepEqual([...new Set(found.map((one) => one.code))], [code]);
  return found[0]?.evidence ?? '';
}

const iptables = (director: Director, words: string): string =>
  director.host.exec('iptables-legacy', ...words.split(' '));

export const doctor: ScenarioGroup<Pair> = {
  name: 'doctor',
  title: 'traps that the doctor finds',
  open: async () => {
    const pair = await Pair.open({
      configuration: CONFIGURATION,
      servers: SERVERS,
      prepare: (networks) => {
        for (const name of SERVERS) holdSilently(networks.host(name), [VIP]);
      },
    });
    for (const director of pair.directors) iptables(director, MARK);
    return pair;
  },
  scenarios: {
    'nothing is found on either director of a healthy pair': async (pair) => {
      for (const director of pair.directors) {
        await until('nothing', async () => {
          const found = await examine(director, pair.configurationFile);
          if (found.length > 0) throw new Error(JSON.stringify(found));
          return true;
        });
      }
    },

    'a real server that answers ARP for the VIP is named': async (pair) => {
      const one = pair.networks.host('one');
      const evidence = await findsOnly(
        pair,
        'DOCTOR_VIP_ANSWERED',
        () => setSysctls(one, { 'net.ipv4.conf.all.arp_ignore': '0' }),
        () => setSysctls(one, { 'net.ipv4.conf.all.arp_ignore': '1' }),
      );
      assert.match(evidence, /on eth0 \(one\) says that it has 10\.0\.0\.100/);
    },

    'a real server that lost its VIP, and would drop what it is sent, is named': async (pair) => {
      const one = pair.networks.host('one');
      const evidence = await findsOnly(
        pair,
        'DOCTOR_VIP_NOT_TAKEN',
        () => one.ip(`addr del ${VIP}/32 dev lo`),
        () => one.ip(`addr add ${VIP}/32 dev lo`),
      );
      assert.match(
        evidence,
        /^one takes connections on 10\.0\.0\.11 port \d+, and did not answer one for 10\.0\.0\.100/,
      );
    },

    'a mark that no rule sets is found': async (pair) => {
      const { active } = await pair.settled();
      const evidence = await findsOnly(
        pair,
        'DOCTOR_MARK_UNSET',
        () => iptables(active, MARK.replace('-A', '-D')),
        () => iptables(active, MARK),
      );
      assert.match(evidence, /virtual marked has fwmark = 7/);
    },

    'a firewall that would drop taken over connections is found': async (pair) => {
      const { active } = await pair.settled();
      const rule = 'FORWARD -m conntrack --ctstate INVALID -j DROP';
      await findsOnly(
        pair,
        'DOCTOR_FIREWALL_INVALID',
        () => iptables(active, `-A ${rule}`),
        () => iptables(active, `-D ${rule}`),
      );
    },

    'what an lvs.cf demands and the machine does not have is found before it is run': async ({ alpha }) => {
      const forward = (method: string) => (text: string) =>
        text.replaceAll('network = direct', `network = ${method}`);
      assert.deepEqual(await codesOf(alpha, forward('nat')), ['DOCTOR_NO_FORWARD', 'DOCTOR_NAT_GATEWAY']);
      assert.deepEqual(await codesOf(alpha, forward('tunnel')), ['DOCTOR_TUNNEL_MTU']);
      assert.deepEqual(await codesOf(alpha, (text) => text.replaceAll('eth0:1', 'eth7:1')), [
        'DOCTOR_DEVICE',
      ]);
      assert.deepEqual(await codesOf(alpha, (text) => text.replaceAll('10.0.0.11', '172.16.0.1')), [
        'DOCTOR_NO_ROUTE',
      ]);
      assert.deepEqual(
        await codesOf(alpha, (text) => text.replace('weight = 1', 'weight = 1\nport = 8080')),
        ['DOCTOR_REAL_PORT'],
      );
    },
  },
};
