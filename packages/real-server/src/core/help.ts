/** What `--help` prints. */
export const HELP = `usage: lvs-realserver start [--method direct|tunnel] [--arp sysctl|nft] VIP...
       lvs-realserver start --config FILE [--address OWN]... [--arp sysctl|nft]
       lvs-realserver stop
       lvs-realserver status [--json]
       lvs-realserver check [--json] [VIP... | --config FILE [--address OWN]...]

Makes this machine a real server for VIPs: it takes their packets and stays silent when neighbours ask who has them.

  start    puts the VIPs on lo (on tunl0 for a tunnel), silences ARP, and records each change before it is made
  stop     undoes exactly what was recorded
  status   what is held and set, by us or by others
  check    whether this machine would serve: each problem with its evidence and what to do

      --method METHOD    direct (unless told) or tunnel: how the director sends to this machine
      --config FILE      an lvs.cf; the VIPs of active services with a server that has one of this machine's
                         addresses, each by its method; - reads standard input
      --address OWN      the address by which the lvs.cf knows this machine, instead of all that it has
      --arp MEANS        sysctl (unless told): arp_ignore; nft: a table of nftables, for the VIPs alone
      --run-dir DIR      directory of the record; /run/lvs-realserver unless told
      --json             status and check as one line of JSON
      --version, --help

Exit status: 0 all well, 1 a problem, 2 wrong usage, 3 status: stopped, 4 no privilege.
`;
