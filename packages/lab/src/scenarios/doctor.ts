import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { stepClock, tellSynchronised } from '../guest/clock.js';
import type { Director } from '../guest/director.js';
import {
  assertFound,
  type DoctorFinding,
  type ExamineOptions,
  examine,
  findsNothing,
} from '../guest/examine.js';
import type { ScenarioGroup } from '../guest/group.js';
import {
  DIRECTORS,
  SHARED_NANNY,
  SYNCHRONISED,
  serverBlock,
  serverBlocks,
  virtualBlock,
} from '../guest/lvs-cf.js';
import { setSysctls } from '../guest/networks.js';
import { Pair } from '../guest/pair.js';
import { holdSilently } from '../guest/real-server.js';
import { until } from '../guest/requests.js';

const VIP = '10.0.0.100';
const SERVERS = ['one', 'two'] as const;
/** An lvs.cf that is only examined, never run. */
const EXAMINED = '/run/lab/examined.cf';
const MARK = `-t mangle -A PREROUTING -d ${VIP} -p tcp --dport 443 -j MARK --set-mark 7`;

const CONFIGURATION = `${DIRECTORS}${SYNCHRONISED}${SHARED_NANNY}
network = direct
${virtualBlock(
  'web',
  { address: `${VIP} eth0:1`, port: 80, scheduler: 'rr' },
  serverBlocks('public', SERVERS),
)}
${virtualBlock(
  'marked',
  { address: `${VIP} eth0:1`, port: 443, fwmark: 7, scheduler: 'rr' },
  serverBlocks('public', ['one']),
)}
`;

/** What is found while something is wrong; it is put right whatever comes. */
async function examineWhile(
  director: Director,
  file: string,
  wrong: () => unknown,
  right: () => void,
  options?: ExamineOptions,
): Promise<readonly DoctorFinding[]> {
  try {
    await wrong();
    return await examine(director, file, options);
  } finally {
    right();
  }
}

/** What is found for a file that differs from the running one by this. */
function examineChanged(director: Director, change: (text: string) => string) {
  writeFileSync(EXAMINED, change(CONFIGURATION));
  return examine(director, EXAMINED);
}

const iptables = (director: Director, words: string): string =>
  director.host.exec('iptables-legacy', ...words.split(' '));

/** Loads or removes a module of the lab kernel. */
const modprobe = (...words: readonly string[]): void => {
  execFileSync('modprobe', ['-d', '/mnt', ...words], { stdio: 'pipe' });
};

/** Twice what the doctor minds on the guest's one processor. */
const ENOUGH_LOAD = 4;

/** Rules that do harm on a director; without the mark one is missing, too. */
const HARMFUL = [
  `INPUT -d ${VIP} -m conntrack --ctstate INVALID -j DROP`,
  'INPUT -p udp -m multiport --dports 500:600,8848 -j DROP',
];

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
    'nothing is found on either director of a healthy pair under direct routing': (pair) =>
      findsNothing(pair.directors, pair.configurationFile),

    'a real server that answers ARP for the VIP, one that lost it, and a stranger that has it': async (
      pair,
    ) => {
      const { active } = await pair.settled();
      const [one, two, three] = (['one', 'two', 'three'] as const).map((name) => pair.networks.host(name));
      const found = await examineWhile(
        active,
        pair.configurationFile,
        () => {
          if (one) setSysctls(one, { 'net.ipv4.conf.all.arp_ignore': '0' });
          two?.ip(`addr del ${VIP}/32 dev lo`);
          three?.ip(`addr add ${VIP}/32 dev eth0`);
        },
        () => {
          if (one) setSysctls(one, { 'net.ipv4.conf.all.arp_ignore': '1' });
          two?.ip(`addr add ${VIP}/32 dev lo`);
          three?.ip(`addr del ${VIP}/32 dev eth0`);
        },
      );
      return assertFound(found, {
        DOCTOR_VIP_ANSWERED: /on eth0 \(one\) says that it has 10\.0\.0\.100/,
        DOCTOR_VIP_NOT_TAKEN:
          /^two takes connections on 10\.0\.0\.12 port 80, and did not answer one for 10\.0\.0\.100/,
        DOCTOR_VIP_DUPLICATE: /on eth0 \(nobody of this lvs\.cf\) says that it has 10\.0\.0\.100/,
      });
    },

    'settings of the kernel that somebody changed on the active director, and a sync daemon that was stopped':
      async (pair) => {
        const { active } = await pair.settled();
        const sync = ['--mcast-interface', 'eth1', '--syncid', '0', '--sync-maxlen', '1'];
        const found = await examineWhile(
          active,
          pair.configurationFile,
          () => {
            setSysctls(active.host, {
              'net.ipv4.vs.expire_nodest_conn': '0',
              'net.ipv4.vs.conn_reuse_mode': '0',
              'net.ipv4.vs.backup_only': '1',
              'net.ipv4.conf.eth0.rp_filter': '1',
            });
            active.host.ip('addr add 10.0.0.77/24 dev eth0', 'route add default via 192.168.7.1 dev eth2');
            active.host.exec('ipvsadm', '--stop-daemon', 'master');
          },
          () => {
            active.host.exec('ipvsadm', '--start-daemon', 'master', ...sync);
            active.host.ip('route del default', 'addr del 10.0.0.77/24 dev eth0');
            setSysctls(active.host, {
              'net.ipv4.vs.expire_nodest_conn': '1',
              'net.ipv4.vs.conn_reuse_mode': '1',
              'net.ipv4.vs.backup_only': '0',
              'net.ipv4.conf.eth0.rp_filter': '0',
            });
          },
        );
        return assertFound(found, {
          DOCTOR_IPVS_SETTINGS: /expire_nodest_conn is "0"/,
          DOCTOR_CONN_REUSE: /conn_reuse_mode is 0/,
          DOCTOR_BACKUP_ONLY: /backup_only is 1, and this director serves/,
          DOCTOR_RP_FILTER: /come in by eth0, the way back to them is eth2/,
          DOCTOR_PROMOTION: /eth0 has 10\.0\.0\.77\/24 as secondary/,
          DOCTOR_SYNC_DAEMON: /serves, and its master sync daemon does not run/,
        });
      },

    'a firewall that drops heartbeats, synchronisation and taken over connections, and sets no mark': async (
      pair,
    ) => {
      const { active } = await pair.settled();
      const found = await examineWhile(
        active,
        pair.configurationFile,
        async () => {
          iptables(active, MARK.replace('-A', '-D'));
          for (const rule of HARMFUL) iptables(active, `-A ${rule}`);
          await until('the partner to be missed', async () => (await active.pulse()).partner === 'silent');
        },
        () => {
          for (const rule of HARMFUL) iptables(active, `-D ${rule}`);
          iptables(active, MARK);
        },
      );
      return assertFound(found, {
        DOCTOR_MARK_UNSET: /virtual marked has fwmark = 7, .* this director, the (?:primary|backup)/,
        DOCTOR_FIREWALL_INVALID: /--ctstate INVALID -j DROP/,
        DOCTOR_FIREWALL_BEATS:
          /500:600,8848 -j DROP, and nothing before it accepts UDP port 539 from 10\.0\.[01]\./,
        DOCTOR_FIREWALL_SYNC: /500:600,8848 -j DROP, .* UDP port 8848/,
        DOCTOR_PARTNER_SILENT: /nothing was heard from 10\.0\.0\.\d or 10\.0\.1\.\d/,
      });
    },

    'one path of the heartbeats that is silent': async (pair) => {
      const { active, standby } = await pair.settled();
      const isLate = async (): Promise<boolean> =>
        (await active.pulse()).paths.some(({ name, silentMs = 0 }) => name === 'private' && silentMs > 4_000);
      const found = await examineWhile(
        active,
        pair.configurationFile,
        async () => {
          pair.networks.lose(standby.name, 'private', 'from');
          await until('a late beat', isLate);
        },
        () => pair.networks.repair(standby.name, 'private', 'from'),
      );
      return assertFound(found, { DOCTOR_BEATS_LATE: /^private path, .* the partner was heard not for/ });
    },

    'a service whose scheduler has no module, and that is not in the table': async (pair) => {
      const { active } = await pair.settled();
      const more = virtualBlock(
        'hashed',
        { address: `${VIP} eth0:1`, port: 8000, scheduler: 'dh' },
        serverBlocks('public', ['one'], { port: 80 }),
      );
      const found = await examineWhile(
        active,
        pair.configurationFile,
        async () => {
          modprobe('-r', 'ip_vs_dh');
          pair.configure(CONFIGURATION + more);
          await active.reload();
          await until('the refusal', async () => (await active.lvsd()).problems.length > 0);
        },
        () => {
          modprobe('ip_vs_dh');
          pair.configure(CONFIGURATION);
        },
      );
      await active.reload();
      return assertFound(found, {
        DOCTOR_NO_SCHEDULER: /^virtual hashed: the module ip_vs_dh is neither loaded nor to be found/,
        DOCTOR_TABLE: /8000/,
        DOCTOR_REAL_PORT: /virtual hashed: one is checked on port 80, and gets clients on 8000/,
      });
    },

    'a process without the rights of a director': async ({ alpha, configurationFile }) => {
      // In a user namespace of its own root is nobody.
      const found = await examine(alpha, configurationFile, { prefix: ['unshare', '--user'] });
      return assertFound(
        found.filter(({ code }) => code === 'DOCTOR_NO_PRIVILEGE'),
        { DOCTOR_NO_PRIVILEGE: /no root, so much could not be looked at/ },
      );
    },

    'NAT that an lvs.cf demands of a machine that does not forward, before it is run': async (pair) => {
      const { active } = await pair.settled();
      const demand = (text: string): string =>
        text.replaceAll('network = direct', 'network = nat').replace('port = 80', 'port = 21') +
        virtualBlock(
          'elsewhere',
          { address: '10.0.0.101 eth7:1', port: 80, scheduler: 'rr' },
          serverBlock('away', { address: '172.16.0.1' }),
        );
      modprobe('-r', 'ip_vs_ftp');
      const found = await examineChanged(active, demand).finally(() => modprobe('ip_vs_ftp'));
      return assertFound(found, {
        DOCTOR_NO_FORWARD: /ip_forward is 0/,
        DOCTOR_FTP_HELPER: /port 21 uses NAT/,
        DOCTOR_NAT_GATEWAY: /^one takes connections on 10\.0\.0\.11 port 443/,
        DOCTOR_DEVICE: /no interface eth7/,
        DOCTOR_NO_ROUTE: /no route to 172\.16\.0\.1 \(away\)/,
      });
    },

    'tunnels that an lvs.cf demands of a network that has no room for them, before it is run': async (
      pair,
    ) => {
      const { active } = await pair.settled();
      const demand = (text: string): string =>
        `ipvsadm = /nowhere/ipvsadm\n${text.replaceAll('network = direct', 'network = tunnel')}`;
      return assertFound(await examineChanged(active, demand), {
        DOCTOR_NO_IPVSADM: /\/nowhere\/ipvsadm is not on this machine/,
        DOCTOR_TUNNEL_MTU: /^eth0 to 10\.0\.0\.1[12] carries 1500 bytes/,
        DOCTOR_TUNNEL_PATH: /did not answer one for 10\.0\.0\.100 through the tunnel/,
      });
    },

    // The last one: its load stays for a minute.
    'a clock that nothing keeps right and that was set, on a machine with too much work': async (pair) => {
      const { active } = await pair.settled();
      const spinners = Array.from({ length: 6 }, () =>
        active.host.spawn('nice', ['-n', '19', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }),
      );
      const found = await examineWhile(
        active,
        pair.configurationFile,
        async () => {
          tellSynchronised(false);
          stepClock('+1 hour');
          const load = (): number => Number(readFileSync('/proc/loadavg', 'utf8').split(' ', 1)[0]);
          await until('the load', () => load() > ENOUGH_LOAD);
          // The average stays for long enough, and the doctor has work to do as well.
          for (const spinner of spinners) spinner.kill('SIGKILL');
        },
        () => {
          for (const spinner of spinners) spinner.kill('SIGKILL');
          stepClock('-1 hour');
          tellSynchronised(true);
        },
        { ignored: [] },
      );
      return assertFound(
        found,
        {
          DOCTOR_CLOCK_FREE: /not told that its clock is synchronised/,
          DOCTOR_CLOCK_STEPPED: /set forward by 3[56]\d\d\.\d s/,
          DOCTOR_LOAD: /^load \d+\.\d on 1 processors/,
        },
        [],
      );
    },
  },
};
