import { readFileSync } from 'node:fs';
import type { ScenarioGroup, SharedLab } from '../../guest/group.js';
import { keepalivedServer, keepalivedText, LabKeepalived } from './lab-keepalived.js';
import { ended, openRealServers, PORT } from './lab-servers.js';
import { BenchLvsd } from './lvsd.js';
import { ReactionStage, RISE } from './reaction-stage.js';
import { eachServer } from './shape.js';

const ROUNDS = 20;
/** To read a table of thousands takes the guest's slow processor a while. */
const ASK_EVERY_MS = 10;
const START_LIMIT_MS = 400_000;
/** keepalived has no rise count: one good check is enough. */
const KEEPALIVED_RISE = 1;
/** The one that comes and goes. */
const ADDRESS = '10.1.255.1';
const OWN_PORT = 9_090;
/** Its line in the kernel's table. */
const LINE = /^ +-> 0A01FF01:2382 +\S+ +[1-9]/m;

/** A service with so many entries, one of which is checked five times a second; the others are left in peace. */
function lvsCf(entries: number): string {
  const others = eachServer(entries - 1).map(
    (address, index) => `  server s${index} {
    address = ${address}
    active = 1
    interval = 600
  }
`,
  );
  return `primary = 10.0.0.1
service = lvs
network = nat
nanny_processes = 0
virtual web {
  active = 1
  address = 10.0.0.9 lo:1
  port = ${PORT}
  scheduler = rr
  timeout = 10
  server one {
    address = ${ADDRESS}
    port = ${OWN_PORT}
    active = 1
    timeout = 1
    interval = 0.2
    rise = ${RISE}
  }
${others.join('')}}
`;
}

/** The same; the first refused connect counts, as with `fall = 1`. */
function keepalivedConf(entries: number): string {
  const others = eachServer(entries - 1).map((address) =>
    keepalivedServer(address, PORT, ['delay_loop 600', 'warmup 0']),
  );
  const one = keepalivedServer(ADDRESS, OWN_PORT, ['delay_loop 0.2', 'retry 0', 'warmup 0']);
  return keepalivedText(PORT, [one, ...others]);
}

interface Product {
  ready(limitMs: number): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param rise good checks until a server is up */
async function reactions(start: () => Product, rise: number): Promise<string> {
  const product = start();
  const holds = async () => LINE.test(readFileSync('/proc/net/ip_vs', 'latin1'));
  const stage = new ReactionStage(ADDRESS, OWN_PORT, holds, ASK_EVERY_MS);
  try {
    await stage.open(START_LIMIT_MS);
    await product.ready(START_LIMIT_MS);
    return JSON.stringify(await stage.measure(ROUNDS, rise));
  } finally {
    await product.stop();
    await stage.close();
  }
}

const ofPiranha = (entries: number) => reactions(() => new BenchLvsd(lvsCf(entries), 'kernel'), RISE);
const ofKeepalived = (entries: number) =>
  reactions(() => new LabKeepalived(keepalivedConf(entries)), KEEPALIVED_RISE);

/** How soon the kernel's table shows what a probe found, by the number of its entries. */
export const REACTION_GROUP: ScenarioGroup<SharedLab> = {
  name: 'probes-reaction',
  title: 'from a probe to the table of the kernel',
  needs: { haproxy: 'haproxy', keepalived: 'keepalived' },
  open: async () => {
    const servers = openRealServers();
    return { lastLines: () => '', close: () => ended(servers) };
  },
  scenarios: {
    'Piranha, 1 entry': () => ofPiranha(1),
    'keepalived, 1 entry': () => ofKeepalived(1),
    'Piranha, 1,000 entries': () => ofPiranha(1_000),
    'keepalived, 1,000 entries': () => ofKeepalived(1_000),
  },
};
