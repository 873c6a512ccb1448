import { readFileSync } from 'node:fs';
import type { ScenarioGroup, SharedLab } from '../../guest/group.js';
import { ended, openRealServers, PORT } from './lab-servers.js';
import { BenchLvsd } from './lvsd.js';
import { ReactionStage, RISE } from './reaction-stage.js';
import { eachServer } from './shape.js';

const ROUNDS = 20;
/** To read a table of thousands takes the guest's slow processor a while. */
const ASK_EVERY_MS = 10;
const START_LIMIT_MS = 400_000;
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

async function reactions(entries: number): Promise<string> {
  const lvsd = new BenchLvsd(lvsCf(entries), 'kernel');
  const holds = async () => LINE.test(readFileSync('/proc/net/ip_vs', 'latin1'));
  const stage = new ReactionStage(ADDRESS, OWN_PORT, holds, ASK_EVERY_MS);
  try {
    await stage.open(START_LIMIT_MS);
    await lvsd.ready(START_LIMIT_MS);
    return JSON.stringify(await stage.measure(ROUNDS));
  } finally {
    await lvsd.stop();
    await stage.close();
  }
}

/** How soon the kernel's table shows what a probe found, by the number of its entries. */
export const REACTION_GROUP: ScenarioGroup<SharedLab> = {
  name: 'probes-reaction',
  title: 'from a probe to the table of the kernel',
  needs: { haproxy: 'haproxy' },
  open: async () => {
    const servers = openRealServers();
    return { lastLines: () => '', close: () => ended(servers) };
  },
  scenarios: {
    '1 entry': () => reactions(1),
    '1,000 entries': () => reactions(1_000),
  },
};
