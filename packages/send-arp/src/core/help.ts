/** The original's form in one line. */
export const USAGE = 'send_arp [-i DEV] IP MAC IGNORED_IP DSTMAC';

/** What `--help` prints. */
export const HELP = `usage: ${USAGE}
       send_arp --announce [--schedule SECONDS,...] [--form both|reply|request] DEV=ADDRESS...
       send_arp --announce [...] -

Tells the neighbours of a network who holds an address.

The first form sends one gratuitous ARP reply for IP, held by MAC (12 hexadecimal digits, colons optional), to the
station DSTMAC (ffffffffffff: all). The third word is not used.

  -i, --interface DEV    network device; eth0 unless told

The second form announces each ADDRESS, IPv4 or IPv6, with the hardware address of its device: gratuitous ARP or
unsolicited neighbour advertisement. DEV may be an alias's label, such as eth0:1. With - as the only word the
DEV=ADDRESS words are read from standard input, one a line.

      --announce
      --schedule LIST    seconds after the start at which to announce, 0 to 3600, up to 20; 0,1,5,10 unless told
      --form FORM        which gratuitous ARPs to send for IPv4: both (unless told), reply or request

  -v, --verbose          a line for each frame sent
      --version, --help

Exit status: 0 when everything was sent or after SIGTERM, 1 otherwise.
`;
