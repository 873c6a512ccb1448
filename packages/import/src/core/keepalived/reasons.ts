import { directiveReasons, type ReasonOf } from '../ledger.js';
import { CARRIED } from './carried.js';

const VRRP = 'VRRP is not spoken: the directors of a pair exchange heartbeats of their own';
const MAIL =
  'no mail is carried over without notification_email and smtp_server: write mail_to and smtp_server';
const ALERT =
  'mail_to is told of everything that notify and notify_server are told of: delete it for no mail';
const ROLE_HOOK =
  'of role changes notify is told, with the same words, active_cmd and inactive_cmd: write them by hand';
const SERVER_HOOK =
  'not carried over: notify_server is one program for all servers, with their names and UP or DOWN';
const FIFO = 'there is no FIFO: notify and notify_server get the same words as arguments';
const ANNOUNCE = 'when addresses are announced is not a matter of the configuration';
const PROCESS = 'how the daemons of keepalived run has no meaning here';
const TRACKED =
  'the health of a director is judged by its links, its processes and the witnesses, not by scripts and files';
const BFD = 'BFD is not spoken: pairs beat as often as keepalive says, witnesses show the way to the world';
const SNMP = 'SNMP is not served: ask lvsctl status --json';
const FIREWALL = 'no rules are set to keep others from the address';
const KERNEL_BUFFERS = 'buffers of the kernel are not set';
const SOURCE = 'the system chooses the address, port and device that a check comes from';
const SYSTEM = 'it belongs to the configuration of the system';
const RELOAD = 'a changed file is read when lvsctl reload says so, after lvsctl check';

const GLOBAL = {
  router_id: 'a director has no name of its own in lvs.cf',
  lvs_id: 'an old word for router_id; a director has no name of its own in lvs.cf',
  smtp_connect_timeout: 'a mail server that hangs holds nobody up: there is no word for it',
  smtp_helo_name: 'the name of the node is said to the mail server',
  smtp_alert: ALERT,
  smtp_alert_checker: ALERT,
  smtp_alert_vrrp: ALERT,
  no_email_faults: ALERT,
  no_checker_emails: ALERT,
  enable_script_security: 'root runs no notify program that others may change, whatever this says',
  max_auto_priority: PROCESS,
  min_auto_priority_delay: PROCESS,
  process_names: PROCESS,
  process_name: PROCESS,
  checker_process_name: PROCESS,
  bfd_process_name: PROCESS,
  checker_priority: PROCESS,
  bfd_priority: PROCESS,
  checker_rt_priority: PROCESS,
  bfd_rt_priority: PROCESS,
  checker_cpu_affinity: PROCESS,
  bfd_cpu_affinity: PROCESS,
  checker_rlimit_rttime: PROCESS,
  bfd_rlimit_rttime: PROCESS,
  checker_no_swap: PROCESS,
  bfd_no_swap: PROCESS,
  vrrp_priority: PROCESS,
  vrrp_rt_priority: PROCESS,
  vrrp_cpu_affinity: PROCESS,
  vrrp_rlimit_rttime: PROCESS,
  vrrp_no_swap: PROCESS,
  vrrp_process_name: PROCESS,
  child_wait_time: PROCESS,
  use_pid_dir: PROCESS,
  fork_delay: PROCESS,
  umask: PROCESS,
  random_seed: PROCESS,
  instance: PROCESS,
  data_use_instance: PROCESS,
  tmp_config_directory: PROCESS,
  config_save_dir: PROCESS,
  include_check: 'files that an include does not find are noted in any case',
  dynamic_interfaces: 'a device that comes and goes is watched as every other',
  interface_up_down_delays: 'a link that is down counts at once',
  linkbeat_use_polling: 'the kernel tells when a link goes down',
  linkbeat_interfaces: 'the kernel tells when a link goes down',
  enable_snmp_checker: SNMP,
  enable_snmp_vrrp: SNMP,
  enable_snmp_rfc: SNMP,
  enable_snmp_rfcv2: SNMP,
  enable_snmp_rfcv3: SNMP,
  enable_traps: SNMP,
  snmp_socket: SNMP,
  snmp_name: SNMP,
  enable_dbus: 'D-Bus is not served: ask lvsctl status --json',
  dbus_service_name: 'D-Bus is not served: ask lvsctl status --json',
  net_namespace: 'start the daemons inside the network namespace',
  net_namespace_ipvs: 'start the daemons inside the network namespace',
  namespace_with_ipsets: 'start the daemons inside the network namespace',
  reload_check_config: RELOAD,
  reload_file: RELOAD,
  reload_time_file: RELOAD,
  reload_repeat: RELOAD,
  startup_script: 'start what must run before in the init script or unit',
  startup_script_timeout: 'start what must run before in the init script or unit',
  shutdown_script: 'end it in the init script or unit',
  shutdown_script_timeout: 'end it in the init script or unit',
  notify_fifo: FIFO,
  notify_fifo_script: FIFO,
  lvs_notify_fifo: FIFO,
  lvs_notify_fifo_script: FIFO,
  vrrp_notify_fifo: FIFO,
  vrrp_notify_fifo_script: FIFO,
  fifo_write_vrrp_states_on_reload: FIFO,
  rs_init_notifies: 'a first good check of a server is not told',
  lvs_flush: 'entries of others are never removed from the table',
  lvs_flush_on_stop: 'the table is emptied at the stop of the director, entry by entry',
  checker_log_all_failures: 'every change is logged, and every check with --verbose',
  nftables: FIREWALL,
  nftables_counters: FIREWALL,
  nftables_priority: FIREWALL,
  nftables_ifindex: FIREWALL,
  nftables_ipvs: 'marks are set by rules of the system: docs/marks.md',
  nftables_ipvs_priority: 'marks are set by rules of the system: docs/marks.md',
  nftables_ipvs_start_fwmark: 'marks are set by rules of the system: docs/marks.md',
  vrrp_iptables: FIREWALL,
  vrrp_ipsets: FIREWALL,
  disable_local_igmp: FIREWALL,
  lvs_netlink_cmd_rcv_bufs: KERNEL_BUFFERS,
  lvs_netlink_cmd_rcv_bufs_force: KERNEL_BUFFERS,
  lvs_netlink_monitor_rcv_bufs: KERNEL_BUFFERS,
  lvs_netlink_monitor_rcv_bufs_force: KERNEL_BUFFERS,
  process_monitor_rcv_bufs: KERNEL_BUFFERS,
  process_monitor_rcv_bufs_force: KERNEL_BUFFERS,
  static_ipaddress: 'addresses that do not move belong to the configuration of the system',
  static_routes: 'routes belong to the configuration of the system',
  static_rules: 'rules belong to the configuration of the system',
  track_group: SYSTEM,
} as const;

const DIRECTORS = {
  vrrp_version: VRRP,
  vrrp_mcast_group4: VRRP,
  vrrp_mcast_group6: VRRP,
  vrrp_strict: VRRP,
  vrrp_skip_check_adv_addr: VRRP,
  vrrp_check_unicast_src: 'heartbeats of others are not believed: give both directors a heartbeat_key',
  vrrp_startup_delay: 'a director listens at its start before it claims the addresses',
  vrrp_delay_after_boot: 'a director listens at its start before it claims the addresses',
  virtual_router_id: VRRP,
  version: VRRP,
  native_ipv6: VRRP,
  skip_check_adv_addr: VRRP,
  check_unicast_src: 'heartbeats of others are not believed: give both directors a heartbeat_key',
  unicast_fault_no_peer: VRRP,
  unicast_ttl: VRRP,
  old_unicast_checksum: VRRP,
  down_timer_adverts: 'deadtime says how long a silence may last',
  mcast_dst_ip: VRRP,
  track_src_ip: VRRP,
  no_virtual_ipaddress: VRRP,
  use_vmac: 'addresses live on the device itself, with its own hardware address',
  use_vmac_addr: 'addresses live on the device itself, with its own hardware address',
  use_ipvlan: 'addresses live on the device itself',
  vmac_xmit_base: VRRP,
  vmac_prefix: VRRP,
  vmac_addr_prefix: VRRP,
  vrf: 'devices belong to the configuration of the system',
  promote_secondaries: 'addresses are held as /32 and /128: none is secondary to another',
  dont_track_primary: 'monitor_links = 1 is written: delete it where the own link shall not count',
  strict_mode: VRRP,
  no_accept: 'a director that holds an address accepts what is for it: keep others away by a firewall',
  priority: 'who is the primary is said by primary and backup',
  authentication: 'heartbeats are authenticated by the key of heartbeat_key: lvsctl keygen makes one',
  auth_type: 'heartbeats are authenticated by the key of heartbeat_key: lvsctl keygen makes one',
  auth_pass: 'heartbeats carry no password: lvsctl keygen makes a key for heartbeat_key',
  auth_hmac: 'heartbeats are authenticated by the key of heartbeat_key: lvsctl keygen makes one',
  'wdog-vrrp':
    'an old software watchdog, which keepalived itself ignores today; here a guardian watches pulse',
  debug: 'every decision is logged',
  garp_master_delay: ANNOUNCE,
  garp_master_repeat: ANNOUNCE,
  garp_master_refresh: ANNOUNCE,
  garp_master_refresh_repeat: ANNOUNCE,
  garp_lower_prio_delay: ANNOUNCE,
  garp_lower_prio_repeat: ANNOUNCE,
  garp_interval: ANNOUNCE,
  gna_interval: ANNOUNCE,
  garp_group: ANNOUNCE,
  garp_extra_if: ANNOUNCE,
  interfaces: ANNOUNCE,
  higher_prio_send_advert: ANNOUNCE,
  lower_prio_no_advert: ANNOUNCE,
  vrrp_garp_master_delay: ANNOUNCE,
  vrrp_garp_master_repeat: ANNOUNCE,
  vrrp_garp_master_refresh: ANNOUNCE,
  vrrp_garp_master_refresh_repeat: ANNOUNCE,
  vrrp_garp_lower_prio_delay: ANNOUNCE,
  vrrp_garp_lower_prio_repeat: ANNOUNCE,
  vrrp_garp_interval: ANNOUNCE,
  vrrp_garp_extra_if: ANNOUNCE,
  vrrp_gna_interval: ANNOUNCE,
  vrrp_min_garp: ANNOUNCE,
  notify_fault: ROLE_HOOK,
  notify_stop: ROLE_HOOK,
  notify_deleted: ROLE_HOOK,
  notify_master_rx_lower_pri: ROLE_HOOK,
  notify_priority_changes: ROLE_HOOK,
  vrrp_notify_priority_changes: ROLE_HOOK,
  virtual_routes: 'routes do not move with the addresses: active_cmd can set them',
  virtual_rules: 'rules do not move with the addresses: active_cmd can set them',
  vrrp_script: TRACKED,
  script: TRACKED,
  interval: TRACKED,
  timeout: TRACKED,
  rise: TRACKED,
  fall: TRACKED,
  init_fail: TRACKED,
  vrrp_track_process: TRACKED,
  process: TRACKED,
  param_match: TRACKED,
  full_command: TRACKED,
  quorum_max: TRACKED,
  delay: TRACKED,
  terminate_delay: TRACKED,
  vrrp_track_file: TRACKED,
  track_file: TRACKED,
  file: TRACKED,
  init_file: TRACKED,
  track_script: TRACKED,
  track_process: TRACKED,
  global_tracking: TRACKED,
  sync_group_tracking_weight: TRACKED,
  track_bfd: BFD,
  bfd_instance: BFD,
  neighbor_ip: BFD,
  source_ip: BFD,
  min_rx: BFD,
  min_tx: BFD,
  idle_tx: BFD,
  multiplier: BFD,
  passive: BFD,
  ttl: BFD,
  max_hops: BFD,
  hoplimit: BFD,
} as const;

const SERVICES = {
  SSL: 'no certificate is shown to servers, and theirs are not looked at, as in keepalived: verify and ca_file of a check look at them',
  ca: 'keepalived does not compare certificates with it: verify = ca and ca_file of a check do',
  certificate: 'no certificate is shown to servers',
  key: 'no certificate is shown to servers',
  password: 'no certificate is shown to servers',
  omega: 'a stop of the director runs no programs for its servers',
  notify_up: SERVER_HOOK,
  notify_down: SERVER_HOOK,
  ha_suspend:
    'servers are checked on the standby too, so that it can take over at once; standby = cold is the other way',
  nat_mask: 'keepalived has no such word any more, and neither has lvs.cf',
  net_mask: 'keepalived has no such word any more, and neither has lvs.cf',
  vhost: 'keepalived has no such word any more: virtualhost',
  persistence_engine: 'persistence goes by the address of the client alone',
  sorry_server_inhibit: 'the sorry server is put into the table and taken out of it',
  bindto: SOURCE,
  bind_if: SOURCE,
  bind_port: SOURCE,
  fwmark: 'checks carry no mark',
  log_all_failures: 'every change is logged, and every check with --verbose',
  fast_recovery: 'all pages are asked for in one round: one good round brings a server back',
  tls_compliant: 'an end of the connection without its farewell is the end of the answer',
  regex_stack: 'expressions need no stack',
  user: 'check programs run as the user of lvsd',
  dynamic: 'no weight is read from a file',
} as const;

/** Why each directive is not carried over that lvs.cf cannot say. */
export const NOT_CARRIED: Readonly<Record<string, string>> = { ...GLOBAL, ...DIRECTORS, ...SERVICES };

/** Why a directive that can be carried over was not, here: nobody asked for it in this place. */
const MISPLACED = {
  notification_email: MAIL,
  notification_email_from: MAIL,
  smtp_server: MAIL,
  script_user: 'no program is carried over that would run as this user',
  connect_ip: 'it has no use: the check asks no server',
  connect_port: 'it has no use: the check asks no port',
  connect_timeout: 'it has no use here: misc_timeout limits a program',
} as const;

const lookUp = directiveReasons(
  { carried: CARRIED, notCarried: NOT_CARRIED, misplaced: MISPLACED },
  'it is not understood, and nothing is written for it',
);

function isKnown(word: string): boolean {
  return Object.hasOwn(NOT_CARRIED, word) || Object.hasOwn(CARRIED, word);
}

/** Why a word of a keepalived.conf is not carried over. */
export const keepalivedReason: ReasonOf = (word) => {
  if (word.startsWith('@')) return 'whether it counts depends on the machine: it is not carried over';
  if (word.startsWith('~')) return 'this sequence or list cannot be read, or it is too long';
  if (word.includes('$')) return 'a variable whose value is not known';
  if (/^(vrrp_|garp_)/.test(word) && !isKnown(word)) return VRRP;
  return lookUp(word);
};
