import { randomInt } from 'node:crypto';

/** Addresses of a pair between whose directors a relay stands; all on loopback. */
export interface FloodLayout {
  /** By director: its own, and that by which the other one knows it. */
  readonly ends: readonly [
    { readonly director: string; readonly alias: string },
    { readonly director: string; readonly alias: string },
  ];
  /** Of somebody whom neither knows. */
  readonly stranger: string;
  readonly vip: string;
  readonly server: string;
  readonly port: number;
}

/** A /24 of 127.0.0.0/8 by chance, ports below the ephemeral range. */
export function floodLayout(): FloodLayout {
  const network = `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;
  return {
    ends: [
      { director: `${network}.2`, alias: `${network}.52` },
      { director: `${network}.3`, alias: `${network}.53` },
    ],
    stranger: `${network}.66`,
    vip: `${network}.100`,
    server: `${network}.21`,
    port: randomInt(20_000, 30_000),
  };
}

/** The lvs.cf of one director, which knows the other one by its alias. */
export function floodConfiguration(
  { ends: [primary, backup], vip, server, port }: FloodLayout,
  index: 0 | 1,
  keyFile: string | undefined,
): string {
  // The check only has to exist: nothing is forwarded here.
  return `${keyFile === undefined ? '' : `heartbeat_key = ${keyFile}\nheartbeat_encrypt = 1\nconfig_sync = 0\n`}primary = ${index === 0 ? primary.director : primary.alias}
service = lvs
backup_active = 1
backup = ${index === 1 ? backup.director : backup.alias}
heartbeat_port = ${port}
keepalive = 0.1
deadtime = 3
network = nat
virtual flooded {
  active = 1
  address = ${vip} lo:1
  port = 8080
  protocol = tcp
  scheduler = rr
  send_program = "/bin/true"
  timeout = 60
  reentry = 60
  server one {
    address = ${server}
    active = 1
    weight = 1
  }
}
`;
}
