import type { Facts } from './facts.js';
import { type Evidence, error, type Trap, warning } from './trap.js';

/** Traps in what has to outlive a director. */

interface Setting {
  readonly name: string;
  readonly wanted: string;
  readonly why: string;
}

const setting = (name: string, wanted: string, why: string): Setting => ({
  name: `net.ipv4.vs.${name}`,
  wanted,
  why,
});

const EVERYWHERE: readonly Setting[] = [
  setting('expire_nodest_conn', '1', 'connections of a removed real server hang until they time out'),
  setting('expire_quiescent_template', '1', 'persistent clients stay with a real server that is down'),
];

const OF_STATE: Readonly<Record<string, readonly Setting[]>> = {
  sync: [
    setting('sync_threshold', '0 0', 'young connections are lost in a failover'),
    setting('sync_refresh_period', '10', 'a partner that came back never learns of old connections'),
    setting('sync_retries', '1', 'the newest connections are told late'),
  ],
  hash: [setting('sloppy_tcp', '1', 'connections of the partner are refused after a failover')],
};

/** What pulse says of itself, when it is neither taking nor giving up. */
function settledPulse({ pulse }: Facts): Facts['pulse'] {
  const isSettled = pulse?.state === 'active' || pulse?.state === 'standby';
  return isSettled && pulse?.sync !== undefined ? pulse : undefined;
}

const settings: Trap = {
  code: 'DOCTOR_IPVS_SETTINGS',
  title: "the kernel's settings for IPVS do not fit",
  look: (facts) => {
    const { configuration, sysctls } = facts;
    // Where pulse sees to them, they are right once it runs, unless somebody else wrote them since.
    if (configuration.manageSysctls && settledPulse(facts) === undefined) return [];
    const who = configuration.manageSysctls
      ? 'pulse restart, and find who writes it'
      : 'or manage_sysctls = 1';
    const wanted = [...EVERYWHERE, ...(OF_STATE[configuration.failoverState] ?? [])];
    return wanted.flatMap(({ name, wanted: value, why }) => {
      const found = sysctls.get(name);
      if (found === undefined || found === value) return [];
      return [warning(`${name} is "${found}": ${why}`, `sysctl -w ${name}="${value}", ${who}`)];
    });
  },
};

const BACKUP_ONLY = 'net.ipv4.vs.backup_only';

const backupOnly: Trap = {
  code: 'DOCTOR_BACKUP_ONLY',
  title: 'a director that serves with backup_only drops what it should forward',
  look: (facts) => {
    if (settledPulse(facts)?.active !== true || facts.sysctls.get(BACKUP_ONLY) !== '1') return [];
    const runsBackup = facts.syncDaemons?.some(({ side }) => side === 'backup');
    const evidence = `${BACKUP_ONLY} is 1, and this director serves`;
    // Without a backup side the kernel does not look at it yet.
    return [(runsBackup ? error : warning)(evidence, `sysctl -w ${BACKUP_ONLY}=0`)];
  },
};

const daemon: Trap = {
  code: 'DOCTOR_SYNC_DAEMON',
  title: 'connections are not told to the partner, or not heard from it: a takeover cuts them',
  look: (facts): readonly Evidence[] => {
    const { configuration, syncDaemons } = facts;
    const pulse = settledPulse(facts);
    const { failoverState, syncInterface, syncId } = configuration;
    if (failoverState !== 'sync' || pulse === undefined || syncDaemons === undefined) return [];
    const side = pulse.active ? 'master' : 'backup';
    const verb = pulse.active ? 'serves' : 'stands by';
    const running = syncDaemons.find((one) => one.side === side);
    const remedy = `ipvsadm --start-daemon ${side} --mcast-interface ${syncInterface} --syncid ${syncId}`;
    if (running === undefined) {
      return [error(`this director ${verb}, and its ${side} sync daemon does not run`, remedy)];
    }
    if (running.device === syncInterface && running.syncId === syncId) return [];
    const evidence = `the ${side} sync daemon uses ${running.device} with id ${running.syncId}, lvs.cf says ${syncInterface} with id ${syncId}`;
    return [error(evidence, `ipvsadm --stop-daemon ${side}, then ${remedy}`)];
  },
};

export const SYNC_TRAPS: readonly Trap[] = [settings, backupOnly, daemon];
