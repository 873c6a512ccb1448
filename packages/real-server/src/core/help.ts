/** What `--help` prints. */
export const HELP = `usage: lvs-realserver start [--arp sysctl|nft] [--path-mtu BYTES] VIPS
       lvs-realserver stop
       lvs-realserver status [--json]
       lvs-realserver check [--json] [VIPS]
VIPS:  [--method direct|tunnel] VIP...  [--lvs-cf FILE] [--director HOST]... [--address OWN]...

Makes this machine a real server for VIPs: it takes their packets and stays silent when neighbours ask who has them.

  start    puts the VIPs on lo (on tunl0 or ip6tnl0 for a tunnel), silences ARP, and records each change before it is
           made; what an earlier start put there and is not named any more goes
  stop     undoes exactly what was recorded
  status   what is held and set, by us or by others
  check    whether this machine would serve: each problem with its evidence and what to do; without VIPS for those that
           were started

      --method METHOD    direct (unless told) or tunnel: how the director sends to this machine; for named VIPs
      --lvs-cf FILE      an lvs.cf: the VIPs of active services with an active server that has one of this machine's
                         addresses, each by its method; - reads standard input
      --director HOST    reads FILE, or /etc/sysconfig/ha/lvs.cf, by ssh from HOST or USER@HOST; again for another
                         director, which is asked when the one before it does not answer
      --address OWN      the address by which the lvs.cf knows this machine, instead of all that it has
      --arp MEANS        sysctl (unless told): arp_ignore; nft: a table of nftables, for the VIPs alone
      --path-mtu BYTES   MTU between director and this machine: nftables limits the segments of tunnelled VIPs, so that
                         clients send nothing that does not fit; 1500 on plain Ethernet
      --run-dir DIR      directory of the record; /run/lvs-realserver unless told
      --json             status and check as one line of JSON
      --version, --help

Exit status: 0 all well, 1 a problem, 2 wrong usage, 3 status: stopped, 4 no privilege.
`;
