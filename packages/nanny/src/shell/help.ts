/** What `nanny --help` prints. */
export const HELP = `Usage: nanny --lvs -h IP [options]
Watches one real service. lvsd starts nannies; started by hand it prints what it finds.

  -h, --server IP            address of the real server
  -p, --port N               virtual port (80)
  -r, --rport N              port that is checked (the virtual port)
  -V, --virtaddress IP       address of the virtual service
  -f, --fwmark N             firewall mark of the virtual service
  -t, --interval SECONDS     wait between checks and limit of each step (10)
  -a, --reentrytime SECONDS  how long a failed server must answer before it returns (180)
  -s, --send_string TEXT     sent after the connect; also --send_str
  -x, --expect_string TEXT   what the answer must begin with, * for any; also --expect_str
      --regex                the expect string is an extended regular expression
  -e, --send_program COMMAND program that checks the server; %h and %p are address and port
  -U, --loadcmd COMMAND      asks for the server's load each 20 s, its address behind the words
  -T, --suppress             do not translate backslashes in the send and expect strings
  -u, --udp                  the service speaks UDP; also --UDP
  -v, --verbose              tell about each check
      --rise N, --fall N     good checks in a row until it returns, failed ones until it is out (reentry, 1)
      --check-interval SECONDS   wait between checks (that of -t)
      --fast-interval SECONDS    the same between two states; --down-interval while down
      --connect-timeout SECONDS  limit of the connect alone
      --retry N              repeats a failed check before it counts (0), each --retry-delay SECONDS (1) later
      --initial-state STATE  up, down or unknown (unknown: the first check decides)
      --warmup SECONDS       the first check begins at a random time up to this late (0)
      --check-address IP, --check-port N   check there instead of at -h and -r
      --agent tcp:PORT, http:PORT/PATH   asks a feedback agent there, each --agent-interval SECONDS
      --agent-number idle|load   what its number means (idle; load with http)
      --agent-hold SECONDS   how long its "down" counts when it is silent (60)
      --probe                one check, told as JSON with what went over the wire; lvsctl probe shows it
      --lvs                  the service is one of lvsd's (required)
      --shared N             the Nth nanny that watches many; lvsd tells it which
      --version, --help

Accepted, and used by lvsd: -w/--weight N, -M/--method m|g|i, -q/--quiesce_server. Accepted without effect:
-S/--scale N, -I/--ipvsadm PATH, -c/--nofork, -n/--nodaemon, --test-start/--norun.

Signals: USR1 forces the server down, USR2 up, HUP ends both; TERM and INT end nanny.
`;
