import { directiveReasons, type ReasonOf } from '../ledger.js';
import { CARRIED } from './carried.js';

const BEATS = 'heartbeats are datagrams between the addresses of the two directors';
const GROUP = 'heartbeats go to a group where a heartbeat_path block names one';
const LOGS = 'where logs go is said by piranha.ini';
const CLUSTER = 'there is no cluster manager: a pair of directors moves its addresses itself';
const FENCING = 'no STONITH device is known: fence_cmd can turn a silent partner off';
const PROCESS = 'how the daemons of heartbeat run has no meaning here';

/** Why each directive of an ha.cf is not carried over that lvs.cf cannot say. */
export const NOT_CARRIED: Readonly<Record<string, string>> = {
  bcast: BEATS,
  mcast: GROUP,
  mcast6: GROUP,
  serial: BEATS,
  baud: BEATS,
  udpport:
    'heartbeats of this suite go by UDP port 539: open it in the firewall; heartbeat_port is another one',
  node: 'directors are known by their addresses: primary and backup',
  warntime: 'late heartbeats are told without it, see lvsctl status',
  initdead: 'a director listens at its start before it claims the addresses, whatever this says',
  deadping: 'witness_interval says how often a witness is asked, and how long one waits',
  respawn: PROCESS,
  apiauth: PROCESS,
  watchdog: 'a guardian watches pulse, no device does',
  stonith: FENCING,
  stonith_host: FENCING,
  autojoin: CLUSTER,
  quorum: CLUSTER,
  quorum_server: CLUSTER,
  cluster: CLUSTER,
  logfile: LOGS,
  logfacility: LOGS,
  debugfile: LOGS,
  debug: LOGS,
  use_logd: LOGS,
  conn_logd_time: LOGS,
  realtime: PROCESS,
  rtprio: PROCESS,
  hopfudge: PROCESS,
  coredumps: PROCESS,
  coreroot: PROCESS,
  compression: PROCESS,
  compression_threshold: PROCESS,
  msgfmt: PROCESS,
  nice_failback: 'an old word for auto_failback off: write failback = none',
};

const MISPLACED = { crm: CLUSTER, ucast: BEATS, auto_failback: 'it is neither on nor off' } as const;

/** Why a word of an ha.cf is not carried over. */
export const heartbeatReason: ReasonOf = directiveReasons(
  { carried: CARRIED, notCarried: NOT_CARRIED, misplaced: MISPLACED },
  'it is not understood',
);

/** Why a resource of a haresources file is not carried over. */
export const resourceReason: ReasonOf = (word) => {
  if (/^(MailTo|AudibleAlarm)\b/.test(word))
    return 'mail is not carried over, and no sound is made: write mail_to and smtp_server';
  if (/^portblock\b/.test(word)) return 'resets are held back by reset_guard while addresses move';
  return 'no such resource is started: active_cmd and inactive_cmd can run a program at a change of role';
};
