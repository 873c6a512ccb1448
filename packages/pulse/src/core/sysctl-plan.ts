/** Kernel settings that a takeover depends on: what they have to be, and what an operator is to be told. */

const VS = 'net.ipv4.vs.';
const BACKUP_ONLY = `${VS}backup_only`;
const IP_FORWARD = 'net.ipv4.ip_forward';

/** A packet tells the partner of its connection again after this time. */
export const SYNC_REFRESH_SECONDS = 10;

/** Every sysctl that pulse may write, recorded before the first write. Nothing outside this list is touched. */
export const MANAGED_SYSCTLS = [
  BACKUP_ONLY,
  `${VS}sync_threshold`,
  `${VS}sync_refresh_period`,
  `${VS}sync_retries`,
  `${VS}sloppy_tcp`,
  `${VS}expire_nodest_conn`,
  `${VS}expire_quiescent_template`,
] as const;

/** Sysctls that are only looked at. */
export const WATCHED_SYSCTLS = [IP_FORWARD] as const;

export type FailoverState = 'sync' | 'hash' | 'none';

/** One sysctl and the value it has to have. */
export interface WantedSysctl {
  readonly name: string;
  readonly value: string;
}

/** One form for comparing: the kernel prints several numbers with tabs between them. */
export function normalSysctlValue(text: string): string {
  return text.trim().split(/\s+/).join(' ');
}

/**
 * What a node needs, in the order of writing. backup_only comes first, because a node that serves with 1 drops what it
 * should schedule. A standby without a backup thread keeps its backup_only: the kernel looks at it only with one.
 */
export function wantedSysctls(failoverState: FailoverState, serving: boolean): readonly WantedSysctl[] {
  const wanted: WantedSysctl[] = [];
  if (serving) wanted.push({ name: BACKUP_ONLY, value: '0' });
  else if (failoverState === 'sync') wanted.push({ name: BACKUP_ONLY, value: '1' });
  if (failoverState === 'sync') {
    wanted.push({ name: `${VS}sync_threshold`, value: '0 0' });
    wanted.push({ name: `${VS}sync_refresh_period`, value: String(SYNC_REFRESH_SECONDS) });
    // The kernel keeps the newest message until another comes, or for 2 s and more. A retry, which an active
    // connection sends after an eighth of the period, pushes it out.
    wanted.push({ name: `${VS}sync_retries`, value: '1' });
  }
  if (failoverState === 'hash') wanted.push({ name: `${VS}sloppy_tcp`, value: '1' });
  wanted.push({ name: `${VS}expire_nodest_conn`, value: '1' });
  wanted.push({ name: `${VS}expire_quiescent_template`, value: '1' });
  return wanted;
}

/** A setting that is the operator's and does not fit. */
export interface SysctlAdvice extends WantedSysctl {
  /** The present value. */
  readonly found: string;
  readonly why: string;
}

/**
 * What to warn about at the start: ip_forward under NAT, which is the operator's as it was with the original, and,
 * where pulse must not write, what it would have written.
 * @param values normalised values by name; what cannot be read is left out
 */
export function sysctlAdvice(
  settings: {
    readonly failoverState: FailoverState;
    readonly manageSysctls: boolean;
    readonly forwardsNat: boolean;
  },
  values: ReadonlyMap<string, string>,
): readonly SysctlAdvice[] {
  const advice: SysctlAdvice[] = [];
  const check = ({ name, value }: WantedSysctl, why: string): void => {
    const found = values.get(name);
    if (found !== undefined && found !== value) advice.push({ name, value, found, why });
  };
  if (settings.forwardsNat) check({ name: IP_FORWARD, value: '1' }, 'NAT forwards nothing without it');
  if (!settings.manageSysctls) {
    for (const wanted of wantedSysctls(settings.failoverState, true)) {
      check(wanted, 'manage_sysctls = 0 leaves it to you');
    }
  }
  return advice;
}
