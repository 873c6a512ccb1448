import { join } from 'node:path';

/** Where daemons meet unless `--run-dir` says otherwise. */
export const DEFAULT_RUN_DIRECTORY = '/run/piranha';

/** Where a director keeps what outlives the machine; another run directory is another director, with its own. */
export function stateDirectoryOf(runDirectory: string): string {
  return runDirectory === DEFAULT_RUN_DIRECTORY ? '/var/lib/piranha' : join(runDirectory, 'state');
}

/** In the state directory: lvsd's orders about real servers. */
export const SERVER_ORDERS_FILE = 'server-orders';

/** Paths of one director's sockets and state files. */
export interface RunDirectory {
  readonly directory: string;
  readonly guardianSocket: string;
  readonly pulseSocket: string;
  readonly lvsdSocket: string;
  readonly ipvsuSocket: string;
  readonly guardianPid: string;
  readonly pulsePid: string;
  readonly lvsdPid: string;
  readonly ipvsuPid: string;
  /** Keys of the IPVS entries that are ours, one a line, written before the add. */
  readonly ownedEntries: string;
  /** Places of the services without their quorum, one a line. */
  readonly lostQuorums: string;
  /** The addresses that pulse added to interfaces, JSON, written before the add. */
  readonly heldAddresses: string;
  /** What pulse wants to find again after its own restart, JSON. */
  readonly pulseState: string;
  /** What pulse measured of the partner's heartbeats, JSON. */
  readonly heartbeatStatistics: string;
  /** Keys that two directors without a key file have agreed on, mode 0600. */
  readonly agreedKeys: string;
  /** Kernel settings as pulse found them before its first write, JSON; removed when they are put back. */
  readonly firstSysctls: string;
  /** What `lvsctl adopt` took over and from whom, JSON; until it is given back or finished. */
  readonly adoption: string;
  /** Copy of the lvs.cf that loaded last, for a daemon that is restarted on a broken file. */
  readonly lastGoodConfiguration: string;
}

/** Names every file of a run directory. Socket paths must stay under 108 bytes. */
export function runDirectory(directory: string): RunDirectory {
  const at = (name: string) => join(directory, name);
  return {
    directory,
    guardianSocket: at('guardian.sock'),
    pulseSocket: at('pulse.sock'),
    lvsdSocket: at('lvsd.sock'),
    ipvsuSocket: at('ipvsu.sock'),
    guardianPid: at('pulse.pid'),
    pulsePid: at('pulse-worker.pid'),
    lvsdPid: at('lvs.pid'),
    ipvsuPid: at('ipvsu.pid'),
    ownedEntries: at('owned'),
    lostQuorums: at('quorums.lost'),
    heldAddresses: at('addresses'),
    pulseState: at('pulse.state'),
    heartbeatStatistics: at('heartbeats'),
    agreedKeys: at('agreed.keys'),
    firstSysctls: at('sysctls.first'),
    adoption: at('adoption'),
    lastGoodConfiguration: at('lvs.cf.last-good'),
  };
}
