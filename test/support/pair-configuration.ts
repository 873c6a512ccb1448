import { randomInt } from 'node:crypto';

/** Addresses and ports of one pair; all on loopback, none of them in use by another pair. */
export interface PairLayout {
  readonly primary: string;
  readonly backup: string;
  readonly primaryPrivate: string;
  readonly backupPrivate: string;
  readonly heartbeatPort: number;
  readonly vip: string;
  /** An address for a second virtual service. */
  readonly otherVip: string;
  readonly vipPort: number;
  readonly servers: readonly string[];
  readonly serverPort: number;
  /** Of a third host that directors may ask. */
  readonly witness: string;
  readonly witnessPort: number;
}

/** A /24 of 127.0.0.0/8 by chance: two pairs meet once in 50,000 runs. Ports below the ephemeral range. */
export function randomLayout(): PairLayout {
  const network = `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;
  return {
    primary: `${network}.2`,
    backup: `${network}.3`,
    primaryPrivate: `${network}.12`,
    backupPrivate: `${network}.13`,
    heartbeatPort: randomInt(20_000, 30_000),
    vip: `${network}.100`,
    otherVip: `${network}.101`,
    vipPort: 8080,
    servers: [`${network}.21`, `${network}.22`, `${network}.23`],
    serverPort: 8081,
    witness: `${network}.31`,
    witnessPort: 8082,
  };
}

/** Values in seconds, as in the file. */
const KEEPALIVE_SECONDS = 0.25;
export const DEADTIME_SECONDS = 1;

export interface ConfigurationChanges {
  readonly backupActive?: boolean;
  /** Also a second virtual service, on `otherVip`. */
  readonly second?: boolean;
  /** Of the servers, in their order; 1 where nothing is said. */
  readonly weights?: readonly number[];
  readonly keepaliveSeconds?: number;
  readonly deadtimeSeconds?: number;
  /** Global lines beside these. */
  readonly lines?: (layout: PairLayout) => readonly string[];
  /** Blocks behind the virtual services. */
  readonly blocks?: (layout: PairLayout) => string;
  readonly adaptive?: boolean;
  /** Each director has an lvs.cf of its own. */
  readonly separateFiles?: boolean;
}

/** The text of the pair's lvs.cf. */
export function pairConfiguration(layout: PairLayout, changes: ConfigurationChanges = {}): string {
  const weights = changes.weights ?? [];
  const services = [service(layout, 'www', layout.vip, weights)];
  if (changes.second === true) services.push(service(layout, 'other', layout.otherVip, weights));
  return `primary = ${layout.primary}
primary_private = ${layout.primaryPrivate}
service = lvs
backup_active = ${changes.backupActive === false ? 0 : 1}
backup = ${layout.backup}
backup_private = ${layout.backupPrivate}
heartbeat_port = ${layout.heartbeatPort}
keepalive = ${changes.keepaliveSeconds ?? KEEPALIVE_SECONDS}
deadtime = ${changes.deadtimeSeconds ?? DEADTIME_SECONDS}
adaptive = ${changes.adaptive === true ? 1 : 0}
network = nat
${(changes.lines?.(layout) ?? []).map((line) => `${line}\n`).join('')}${services.join('')}${changes.blocks?.(layout) ?? ''}`;
}

/** A virtual block that takes the pair's servers. */
export function service(
  layout: PairLayout,
  name: string,
  vip: string,
  weights: readonly number[] = [],
): string {
  const servers = layout.servers.map(
    (address, index) => `  server s${index} {
    address = ${address}
    active = 1
    port = ${layout.serverPort}
    weight = ${weights[index] ?? 1}
  }
`,
  );
  return `virtual ${name} {
  active = 1
  address = ${vip} lo:1
  port = ${layout.vipPort}
  send = "GET / HTTP/1.0\\r\\n\\r\\n"
  expect = "HTTP"
  scheduler = rr
  protocol = tcp
  timeout = 0.5
  reentry = 1
${servers.join('')}}
`;
}
