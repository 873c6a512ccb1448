/**
 * What becomes of each directive that can be carried over; where a value of one cannot, a note tells. The page of
 * directives is made from this.
 */
export const CARRIED = {
  virtual: 'a `virtual` block, with address or mark; names of machines are not looked up',
  virtual6: 'the same over IPv6',
  real: 'a `server` block for each address; a request and an answer of its own make check blocks of its own',
  real6: 'the same over IPv6',
  servicename: 'a comment above the block',
  comment: 'a comment above the block',
  scheduler: '`scheduler`; wrr without it',
  schedflags: '`scheduler_flags`',
  persistent: '`persistent`',
  netmask: '`pmask`',
  protocol: '`protocol`; without it TCP, UDP for port 53',
  ops: '`ops`',
  checktype:
    'the kind of check block: `tcp` (connect; under UDP ping, as in ldirectord), `ping`, `program` (external, external-perl), `fixed` (on), the kind of `service` (negotiate); off: `active = 0`, with quiescent weight 0',
  service: 'the kind of check block, see below',
  checkport: '`check_port`, where it is not the port of the server',
  checkinterval: '`interval`; 10 without it',
  checktimeout: '`timeout`, the limit of each step; 5 without it',
  negotiatetimeout: '`timeout` of checktype negotiate; 30 without it',
  failurecount: '`fall`',
  request:
    '`path` (http, https), `search_base` (ldap), `name` (dns), `send` (simpletcp, http_proxy); of SQL and ftp not carried over',
  receive:
    '`body` or `regex` (http, https), `answer` (dns), `expect` (simpletcp, http_proxy), where it means the same as a POSIX expression',
  httpmethod: '`method`',
  virtualhost: '`virtualhost`',
  login:
    '`user` of pgsql, the caller of sip; else with passwd not carried over, for want of a `password_file`',
  database: '`database` of pgsql',
  checkcommand:
    '`program` with `arguments = ldirectord`, which are the four of ldirectord; external-perl runs it by /usr/bin/perl',
  fallback: '`sorry_server`, with `forward`; its port is that of the service',
  fallback6: 'the same over IPv6',
  fallbackcommand: '`quorum_down` with start, `quorum_up` with stop',
  quiescent: '`quiesce_server`',
  maintenancedir: '`maintenance_dir`; the same files, and an empty one drains',
  emailalert: '`mail_to`, for all services',
  emailalertfrom: '`mail_from`',
  smtp: '`smtp_server`; 127.0.0.1 without it',
  cleanstop: 'yes: that is how it is; no: noted',
  readdquiescent: 'no: that is how it is; yes: noted',
  fork: 'whether checkinterval of a virtual counts',
} as const;

/** What becomes of checktype negotiate, by `service`. */
export const SERVICES = {
  http: '`http_get`; redirections are not followed',
  https: '`ssl_get`; certificates are not looked at, as in ldirectord',
  http_proxy: '`send` and `expect`; the status and the text are looked for',
  simpletcp: '`send` and `expect`',
  smtp: '`smtp`',
  submission: '`smtp`',
  ftp: '`ftp`: the greeting; nobody logs in, and no file is fetched',
  pop: '`pop`: the greeting',
  imap: '`imap`: greeting and NOOP',
  nntp: '`tcp` with `reply = 2`',
  ldap: '`ldap` with `search_base`, where no login stands beside it',
  dns: '`dns` of type A, or PTR for an address',
  mysql: '`mysql`: the greeting; no query is made',
  pgsql: '`postgresql`: connections are taken; no query is made',
  sip: '`udp`, or `tcp`, with OPTIONS',
  pops: '`tls`: the handshake',
  imaps: '`tls`: the handshake',
  ldaps: '`tls`: the handshake',
  oracle: '`tcp`: a connection; no query is made',
  radius: '`ping`; docs/check-recipes.md has a check that asks',
  none: '`fixed`: always up',
} as const;
