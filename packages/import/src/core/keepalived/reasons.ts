import { type ReasonOf, reasonsFrom } from '../ledger.js';

const VRRP = 'VRRP is not spoken: the directors of a pair exchange heartbeats of their own';
const MAIL = 'mail is not carried over: write mail_to and smtp_server';
const SCRIPT_HOOK =
  'scripts are not carried over: write notify, whose program gets the same words at a change of role';
const SERVER_HOOK = 'scripts are not carried over: write notify_server, one program for every server';
const ANNOUNCE = 'when addresses are announced is not a matter of the configuration';
const RETRY = 'a single failed check takes a server out: there is no word for it';
const START = 'servers come into the table with their first good check, whatever this says';
const PROCESS = 'how the daemons of keepalived run has no meaning here';
const QUORUM = 'there is no quorum: the sorry server stands in when no server is up';
const TRACKED = 'health of the director is judged by its links and processes alone';

const TABLE: Readonly<Record<string, string>> = {
  router_id: 'a director has no name of its own in lvs.cf',
  lvs_id: 'an old word for router_id; a director has no name of its own in lvs.cf',
  notification_email: MAIL,
  notification_email_from: MAIL,
  smtp_server: MAIL,
  smtp_connect_timeout: MAIL,
  smtp_helo_name: MAIL,
  smtp_alert: MAIL,
  smtp_alert_checker: MAIL,
  smtp_alert_vrrp: MAIL,
  script_user: PROCESS,
  enable_script_security: PROCESS,
  max_auto_priority: PROCESS,
  process_names: PROCESS,
  checker_priority: PROCESS,
  vrrp_priority: PROCESS,
  vrrp_rt_priority: PROCESS,
  dynamic_interfaces: PROCESS,
  enable_snmp_checker: 'SNMP is not served: ask lvsctl status --json',
  enable_snmp_vrrp: 'SNMP is not served: ask lvsctl status --json',
  net_namespace: 'start the daemons inside the network namespace',
  lvs_flush: 'entries of others are never removed from the table',
  lvs_flush_on_stop: 'the table is emptied at the stop of the director, entry by entry',
  static_ipaddress: 'addresses that do not move belong to the configuration of the system',
  static_routes: 'routes belong to the configuration of the system',
  static_rules: 'rules belong to the configuration of the system',
  virtual_routes: 'routes do not move with the addresses: active_cmd can set them',
  virtual_rules: 'rules do not move with the addresses: active_cmd can set them',
  vrrp_version: VRRP,
  vrrp_mcast_group4: VRRP,
  vrrp_mcast_group6: VRRP,
  vrrp_strict: VRRP,
  vrrp_skip_check_adv_addr: VRRP,
  virtual_router_id: VRRP,
  version: VRRP,
  use_vmac: 'addresses live on the device itself, with its own hardware address',
  vmac_xmit_base: VRRP,
  dont_track_primary: VRRP,
  strict_mode: VRRP,
  linkbeat_use_polling: VRRP,
  priority: 'who is the primary is said by primary and backup',
  authentication: 'heartbeats carry no password: keep UDP port 539 to the partner alone',
  auth_type: VRRP,
  auth_pass: 'heartbeats carry no password',
  'wdog-vrrp':
    'an old software watchdog, which keepalived itself ignores today; here a guardian watches pulse',
  preempt_delay: 'a director that comes back stays the standby: lvsctl handover moves the addresses',
  preempt: 'a director that comes back stays the standby: lvsctl handover moves the addresses',
  garp_master_delay: ANNOUNCE,
  garp_master_repeat: ANNOUNCE,
  garp_master_refresh: ANNOUNCE,
  garp_master_refresh_repeat: ANNOUNCE,
  garp_lower_prio_delay: ANNOUNCE,
  garp_lower_prio_repeat: ANNOUNCE,
  higher_prio_send_advert: ANNOUNCE,
  vrrp_garp_master_delay: ANNOUNCE,
  vrrp_garp_master_repeat: ANNOUNCE,
  vrrp_garp_master_refresh: ANNOUNCE,
  vrrp_garp_interval: ANNOUNCE,
  vrrp_gna_interval: ANNOUNCE,
  notify: SCRIPT_HOOK,
  notify_master: SCRIPT_HOOK,
  notify_backup: SCRIPT_HOOK,
  notify_fault: SCRIPT_HOOK,
  notify_stop: SCRIPT_HOOK,
  notify_fifo: SCRIPT_HOOK,
  notify_fifo_script: SCRIPT_HOOK,
  vrrp_notify_fifo: SCRIPT_HOOK,
  vrrp_notify_fifo_script: SCRIPT_HOOK,
  vrrp_script: TRACKED,
  vrrp_track_process: TRACKED,
  vrrp_track_file: TRACKED,
  track_file: TRACKED,
  track_script: TRACKED,
  track_process: TRACKED,
  track_bfd: TRACKED,
  bfd_instance: TRACKED,
  weight: 'it is not understood here',
  SSL: 'servers are not checked over TLS',
  retry: RETRY,
  nb_get_retry: RETRY,
  delay_before_retry: RETRY,
  misc_dynamic: 'a check does not change weights: its exit status means up or down',
  warmup: START,
  alpha: START,
  omega: SERVER_HOOK,
  quorum: QUORUM,
  hysteresis: QUORUM,
  quorum_up: SERVER_HOOK,
  quorum_down: SERVER_HOOK,
  notify_up: SERVER_HOOK,
  notify_down: SERVER_HOOK,
  ha_suspend:
    'servers are checked on the standby too, so that it can take over at once; standby = cold is the other way',
  snmp_name: 'SNMP is not served',
  nat_mask: 'keepalived has no such word any more, and neither has lvs.cf',
  net_mask: 'keepalived has no such word any more, and neither has lvs.cf',
  persistence_engine: 'persistence goes by the address of the client alone',
  sorry_server_inhibit: 'the sorry server is put into the table and taken out of it',
  vhost: 'keepalived has no such word any more',
  connect_ip: 'the address of the server itself is checked',
  host: 'the address of the server itself is checked',
  bindto: 'the system chooses the address that a check comes from',
  bind_if: 'the system chooses the way of a check',
  bind_port: 'the system chooses the port that a check comes from',
  fwmark: 'checks carry no mark',
  log_all_failures: 'every change is logged, and every check with --verbose',
  fast_recovery: 'one good check brings a server back',
  user: 'check programs run as the user of lvsd',
  helo_name: 'the greeting of the server is looked at, and nothing is sent',
  type: 'no question is asked',
  name: 'no question is asked',
  payload: 'an empty datagram is sent: write send, where text will do',
  require_reply: 'silence passes: write expect, where text will do',
  min_reply_length: 'the length of an answer is not looked at',
  max_reply_length: 'the length of an answer is not looked at',
  enable_sni: 'servers are not checked over TLS',
};

const lookUp = reasonsFrom(TABLE, 'it is not understood, and nothing is written for it');

/** Why a word of a keepalived.conf is not carried over. */
export const keepalivedReason: ReasonOf = (word) => {
  if (word.startsWith('@')) return 'whether it counts depends on the machine: it is not carried over';
  if (word.startsWith('~')) return 'this sequence or list cannot be read, or it is too long';
  if (word.includes('$')) return 'a variable whose value is not known';
  if (/^(vrrp_|garp_)/.test(word) && !Object.hasOwn(TABLE, word)) return VRRP;
  return lookUp(word);
};
