/** What becomes of each directive of an ha.cf that can be carried over. The page of directives is made from this. */
export const CARRIED = {
  keepalive: '`keepalive`; 2 without it',
  deadtime: '`deadtime`; 30 without it',
  ucast: 'nothing, where its address is that of `--primary` or `--backup`',
  auto_failback: '`failback`: off is `none`, on is `ready`, with a note',
  crm: 'no: that is how it is; anything else is noted',
  ping: '`witness = ping ADDRESS`, with a note',
  ping6: 'the same over IPv6',
  ping_group: 'the same for each of its addresses',
} as const;

/** What becomes of each kind of resource in a haresources file. */
export const RESOURCES = {
  IPaddr: '`address = VIP DEVICE:N` of the services that have it; an address without a type is the same',
  IPaddr2: 'the same',
  IPv6addr: 'the same over IPv6',
  ldirectord: 'its services',
  LVSSyncDaemonSwap: '`failover_state = sync`, `syncd_iface`, `syncd_id`',
  MailTo: 'noted: mail_to and smtp_server',
  AudibleAlarm: 'noted',
  portblock: 'noted: resets are held back by `reset_guard`',
} as const;
