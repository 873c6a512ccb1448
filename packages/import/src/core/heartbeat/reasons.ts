import { type ReasonOf, reasonsFrom } from '../ledger.js';

const BEATS = 'heartbeats are datagrams between the addresses of the two directors';
const LOGS = 'where logs go is said by piranha.ini';
const CLUSTER = 'there is no cluster manager: a pair of directors moves its addresses itself';
const FENCING = 'no node is fenced: the one that takes the addresses asks the other to release them';
const PROCESS = 'how the daemons of heartbeat run has no meaning here';

const TABLE: Readonly<Record<string, string>> = {
  bcast: BEATS,
  mcast: BEATS,
  mcast6: BEATS,
  serial: BEATS,
  baud: BEATS,
  udpport:
    'heartbeats of this suite go by UDP port 539: open it in the firewall; heartbeat_port is another one',
  node: 'directors are known by their addresses: primary and backup',
  warntime: 'late heartbeats are told without it, see lvsctl status',
  initdead: 'a director listens at its start before it claims the addresses, whatever this says',
  auto_failback: 'a director that comes back stays the standby: lvsctl handover moves the addresses',
  ping: 'the network is not asked for its opinion: monitor_links looks at the own links',
  ping6: 'the network is not asked for its opinion: monitor_links looks at the own links',
  ping_group: 'the network is not asked for its opinion: monitor_links looks at the own links',
  deadping: 'the network is not asked for its opinion: monitor_links looks at the own links',
  respawn: PROCESS,
  apiauth: PROCESS,
  watchdog: 'a guardian watches pulse, no device does',
  stonith: FENCING,
  stonith_host: FENCING,
  crm: CLUSTER,
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
  nice_failback: 'an old word for auto_failback off, which is how it is here',
};

/** Why a word of an ha.cf is not carried over. */
export const heartbeatReason: ReasonOf = reasonsFrom(TABLE, 'it is not understood');

/** Why a resource of a haresources file is not carried over. */
export const resourceReason: ReasonOf = (word) => {
  if (/^(MailTo|AudibleAlarm)\b/.test(word))
    return 'mail is not carried over, and no sound is made: write mail_to and smtp_server';
  if (/^portblock\b/.test(word)) return 'resets are held back by reset_guard while addresses move';
  return 'no such resource is started: active_cmd and inactive_cmd can run a program at a change of role';
};
