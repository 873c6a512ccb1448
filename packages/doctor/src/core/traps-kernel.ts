import { type LvsConfiguration, needsFtpHelper } from '@piranha/config';
import type { Facts } from './facts.js';
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
  title: 'the director needs root',
  look: ({ isRoot }) =>
    isRoot ? [] : [error('this is not root, so most could not be looked at', 'run it again as root')],
};

const ipvs: Trap = {
  code: 'DOCTOR_NO_IPVS',
  title: 'the kernel has no IPVS, or it cannot be reached',
  look: ({ ipvsProblem }) => (ipvsProblem ? [error(ipvsProblem.text, ipvsProblem.remedy)] : []),
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

/** The VIPs' devices, without the label's number. */
function vipDevices(configuration: LvsConfiguration): readonly string[] {
  const devices = configuration.virtualServers
    .filter(({ active }) => active)
    .flatMap(({ address }) => (address ? [address.device.split(':')[0] ?? ''] : []));
  return [...new Set(devices)].filter((device) => device !== '');
}

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

/** What each kernel setting has to be where pulse does not see to it. */
const OWN_SETTINGS = [
  ['expire_nodest_conn', '1', 'connections of a removed real server hang until they time out'],
  ['expire_quiescent_template', '1', 'persistent clients stay with a real server that is down'],
] as const;

const SYNC_SETTINGS = [
  ['sync_threshold', '0 0', 'young connections are lost in a failover'],
  ['sync_refresh_period', '10', 'a partner that came back never learns of old connections'],
] as const;

function unmanaged({ configuration, sysctls }: Facts, settings: typeof OWN_SETTINGS | typeof SYNC_SETTINGS) {
  if (configuration.manageSysctls) return [];
  return settings.flatMap(([name, wanted, why]) => {
    const found = sysctls.get(`net.ipv4.vs.${name}`);
    if (found === undefined || found === wanted) return [];
    const remedy = `sysctl -w net.ipv4.vs.${name}="${wanted}", or manage_sysctls = 1`;
    return [warning(`net.ipv4.vs.${name} is "${found}": ${why}`, remedy)];
  });
}

const settings: Trap = {
  code: 'DOCTOR_IPVS_SETTINGS',
  title: 'kernel settings that pulse was told to leave alone do not fit',
  look: (facts) => [
    ...unmanaged(facts, OWN_SETTINGS),
    ...(facts.configuration.failoverState === 'sync' ? unmanaged(facts, SYNC_SETTINGS) : []),
  ],
};

/** The first kernel that does not hold a reused port back for a second. */
const REUSE_MENDED = [5, 9] as const;

const reuse: Trap = {
  code: 'DOCTOR_CONN_REUSE',
  title: 'a client port that is used again waits a second on old kernels',
  look: ({ kernelRelease, sysctls }) => {
    const [major = 0, minor = 0] = kernelRelease.split('.').map((part) => Number.parseInt(part, 10));
    const isOld = major < REUSE_MENDED[0] || (major === REUSE_MENDED[0] && minor < REUSE_MENDED[1]);
    if (!isOld || (sysctls.get('net.ipv4.vs.conn_reuse_mode') ?? '0') === '0') return [];
    const evidence = `kernel ${kernelRelease} with net.ipv4.vs.conn_reuse_mode above 0 and connection tracking`;
    return [warning(evidence, 'sysctl -w net.ipv4.vs.conn_reuse_mode=0, or a kernel from 5.9 on')];
  },
};

export const KERNEL_TRAPS: readonly Trap[] = [privilege, ipvs, forward, ftp, reversePath, settings, reuse];
