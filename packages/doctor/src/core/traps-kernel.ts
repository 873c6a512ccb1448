import { type LvsConfiguration, needsFtpHelper } from '@piranha/config';
import { activeServices, vipDevices } from './places.js';
import { type Evidence, error, type Trap, warning } from './trap.js';

/** Traps in the kernel's modules and settings. */

function forwardsNat(configuration: LvsConfiguration, family: 4 | 6): boolean {
  return configuration.virtualServers.some(
    (virtual) =>
      virtual.active &&
      virtual.family === family &&
      virtual.servers.some(({ active, forwarding }) => active && forwarding === 'nat'),
  );
}

const privilege: Trap = {
  code: 'DOCTOR_NO_PRIVILEGE',
  title: 'a director needs root and the rights to change the network',
  look: ({ missingPrivileges: missing }) =>
    missing.length === 0
      ? []
      : [
          error(
            `this process has no ${missing.join(', ')}, so much could not be looked at`,
            'run it as root',
          ),
        ],
};

const ipvsadm: Trap = {
  code: 'DOCTOR_NO_IPVSADM',
  title: 'without ipvsadm nobody can fill the table',
  look: ({ ipvsProblem }) =>
    ipvsProblem?.code === 'IPVSADM_MISSING' ? [error(ipvsProblem.text, ipvsProblem.remedy)] : [],
};

const ipvs: Trap = {
  code: 'DOCTOR_NO_IPVS',
  title: 'the kernel has no IPVS, or it cannot be reached',
  notInLab: 'its kernel cannot give up ip_vs while it serves',
  look: ({ ipvsProblem }) =>
    ipvsProblem === undefined || ipvsProblem.code === 'IPVSADM_MISSING'
      ? []
      : [error(ipvsProblem.text, ipvsProblem.remedy)],
};

const scheduler: Trap = {
  code: 'DOCTOR_NO_SCHEDULER',
  title: "a service whose scheduler's module is missing never gets into the table",
  look: (facts) =>
    facts.missingSchedulers.map((name) => {
      const services = activeServices(facts).filter((virtual) => virtual.scheduler === name);
      const evidence = `${services.map((virtual) => `virtual ${virtual.name}`).join(', ')}: the module ip_vs_${name} is neither loaded nor to be found`;
      return error(evidence, `modprobe ip_vs_${name}, the kernel's package with it, or another scheduler`);
    }),
};

const forward: Trap = {
  code: 'DOCTOR_NO_FORWARD',
  title: 'NAT without ip_forward forwards nothing',
  look: ({ configuration, sysctls }) =>
    (
      [
        [4, 'net.ipv4.ip_forward'],
        [6, 'net.ipv6.conf.all.forwarding'],
      ] as const
    ).flatMap(([family, name]) =>
      forwardsNat(configuration, family) && sysctls.get(name) === '0'
        ? [error(`${name} is 0 and services use NAT`, `sysctl -w ${name}=1, and keep it in /etc/sysctl.d`)]
        : [],
    ),
};

const ftp: Trap = {
  code: 'DOCTOR_FTP_HELPER',
  title: 'FTP through NAT without ip_vs_ftp breaks at the first transfer',
  look: ({ configuration, hasFtpHelper }) =>
    needsFtpHelper(configuration) && !hasFtpHelper
      ? [error('a service on port 21 uses NAT and the module ip_vs_ftp is not loaded', 'modprobe ip_vs_ftp')]
      : [],
};

const reversePath: Trap = {
  code: 'DOCTOR_RP_FILTER',
  title: 'strict reverse path filtering drops clients that come in by another interface than the route back',
  look: ({ configuration, sysctls, routes }) =>
    vipDevices(configuration).flatMap((device): readonly Evidence[] => {
      const value = Math.max(
        Number(sysctls.get('net.ipv4.conf.all.rp_filter') ?? 0),
        Number(sysctls.get(`net.ipv4.conf.${device}.rp_filter`) ?? 0),
      );
      const back = routes.get('default');
      if (value !== 1 || back === undefined || back === device) return [];
      const evidence = `clients come in by ${device}, the way back to them is ${back}, and rp_filter is 1`;
      return [warning(evidence, `sysctl -w net.ipv4.conf.${device}.rp_filter=2, and conf.all to 2 or 0`)];
    }),
};

const promotion: Trap = {
  code: 'DOCTOR_PROMOTION',
  title: 'an interface loses all addresses of a network when the first of them is removed',
  look: ({ configuration, sysctls, addresses = [] }) =>
    vipDevices(configuration).flatMap((device): readonly Evidence[] => {
      const name = (one: string): string => `net.ipv4.conf.${one}.promote_secondaries`;
      const values = [sysctls.get(name('all')), sysctls.get(name(device))];
      const secondary = addresses.filter(
        (one) => one.device === device && one.isSecondary && one.family === 4,
      );
      if (secondary.length === 0 || values.every((value) => value !== '0') || values.includes('1')) return [];
      const listed = secondary.map(({ address, prefixLength }) => `${address}/${prefixLength}`).join(', ');
      const evidence = `${device} has ${listed} as secondary, and promote_secondaries is 0: it goes with the first address of its network`;
      return [warning(evidence, `sysctl -w ${name(device)}=1, and keep it in /etc/sysctl.d`)];
    }),
};

/** The first kernel that does not hold a reused port back for a second. */
const REUSE_MENDED = [5, 9] as const;

const reuse: Trap = {
  code: 'DOCTOR_CONN_REUSE',
  title: 'a client port that is used again waits a second on old kernels, or goes to a drained real server',
  look: ({ kernelRelease, sysctls }) => {
    const mode = sysctls.get('net.ipv4.vs.conn_reuse_mode');
    const [major = 0, minor = 0] = kernelRelease.split('.').map((part) => Number.parseInt(part, 10));
    const isOld = major < REUSE_MENDED[0] || (major === REUSE_MENDED[0] && minor < REUSE_MENDED[1]);
    if (mode === undefined || isOld === (mode === '0')) return [];
    if (!isOld) {
      const evidence =
        'net.ipv4.vs.conn_reuse_mode is 0: a client port that is used again goes to its old real server, drained or not';
      return [
        warning(evidence, 'sysctl -w net.ipv4.vs.conn_reuse_mode=1: this kernel does that without a pause'),
      ];
    }
    const evidence = `kernel ${kernelRelease} with net.ipv4.vs.conn_reuse_mode above 0 and connection tracking`;
    return [warning(evidence, 'sysctl -w net.ipv4.vs.conn_reuse_mode=0, or a kernel from 5.9 on')];
  },
};

export const KERNEL_TRAPS: readonly Trap[] = [
  privilege,
  ipvsadm,
  ipvs,
  scheduler,
  forward,
  ftp,
  reversePath,
  promotion,
  reuse,
];
