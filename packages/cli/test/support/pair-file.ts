/** An lvs.cf of two directors with one service. */
export const PAIR_FILE = `primary = 192.0.2.1
backup = 192.0.2.2
backup_active = 1
virtual web {
  active = 1
  address = 192.0.2.100 eth0:1
  server one {
    address = 127.0.0.9
    active = 1
  }
}
`;
