import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import type { ScenarioGroup, SharedLab } from '../../guest/group.js';
import { privateMemoryBytes, residentMemoryBytes } from '../memory.js';
import { processorSeconds } from '../processor-time.js';
import { sumOf } from '../sum-of.js';
import { keepalivedServer, keepalivedText, LabKeepalived } from './lab-keepalived.js';
import { ended, openRealServers, PORT } from './lab-servers.js';
import { BenchLvsd } from './lvsd.js';
import { eachServer, labLvsCf } from './shape.js';

/** Real services of the comparison, each checked once a second. */
const SERVICES = 1_000;
const START_LIMIT_MS = 400_000;
const SETTLE_MS = 20_000;
const MEASURED_MS = 30_000;

/** What checking costs. */
export interface LabProbesFigures {
  readonly checksASecond: number;
  /** Of the processor, 0 to 100. */
  readonly processorPercent: number;
  readonly residentMegabytes: number;
  readonly privateMegabytes: number;
  /** As the product itself measures it, where it does, ms. */
  readonly lateness?: string;
}

/** A product that checks. */
interface Checker {
  /** Its processes now. */
  pids(): Promise<readonly number[]>;
  lateness(): Promise<string | undefined>;
  stop(): Promise<void>;
}

async function openPiranha(): Promise<Checker> {
  const lvsd = new BenchLvsd(labLvsCf(SERVICES, PORT), 'kernel');
  await lvsd.ready(START_LIMIT_MS);
  const nannies = async () => (await lvsd.status()).sharedNannies ?? [];
  return {
    pids: async () => [lvsd.pid, ...(await nannies()).map(({ pid }) => pid ?? 0)],
    lateness: async () => {
      const all = (await nannies()).flatMap(({ load }) => load?.lateness ?? []);
      return all.map(({ p50Ms, p99Ms, maxMs }) => `${p50Ms} / ${p99Ms} / ${maxMs}`).join(', ');
    },
    stop: () => lvsd.stop(),
  };
}

async function openKeepalived(): Promise<Checker> {
  const servers = eachServer(SERVICES).map((address) => keepalivedServer(address, PORT));
  const keepalived = new LabKeepalived(keepalivedText(PORT, servers));
  await keepalived.ready();
  return {
    pids: async () => keepalived.pids,
    lateness: async () => undefined,
    stop: () => keepalived.stop(),
  };
}

/** TCP connections that this kernel has accepted since it booted. */
function accepted(): number {
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8').match(/^Tcp: .*$/gm) ?? [];
  return Number(values.split(' ')[names.split(' ').indexOf('PassiveOpens')]);
}

async function measured(checker: Checker): Promise<LabProbesFigures> {
  await wait(SETTLE_MS);
  const pids = await checker.pids();
  const before = { atMs: monotonicNowMs(), accepted: accepted(), used: sumOf(pids, processorSeconds) };
  await wait(MEASURED_MS);
  const seconds = (monotonicNowMs() - before.atMs) / 1_000;
  const used = sumOf(pids, processorSeconds) - before.used;
  const checks = accepted() - before.accepted;
  const megabytes = (memoryOf: (pid: number) => number): number =>
    Math.round((sumOf(pids, memoryOf) / 1024 / 1024) * 10) / 10;
  const lateness = await checker.lateness();
  return {
    checksASecond: Math.round(checks / seconds),
    processorPercent: Math.round((used / seconds) * 100),
    residentMegabytes: megabytes(residentMemoryBytes),
    privateMegabytes: megabytes(privateMemoryBytes),
    ...(lateness === undefined ? {} : { lateness }),
  };
}

function probesGroup(
  product: string,
  open: () => Promise<Checker>,
  needs: Readonly<Record<string, string>>,
): ScenarioGroup<SharedLab> {
  return {
    name: `probes-${product.toLowerCase()}`,
    title: `${product} and many checks`,
    needs: { ...needs, haproxy: 'haproxy' },
    open: async () => {
      const servers = openRealServers();
      return { lastLines: () => '', close: () => ended(servers) };
    },
    scenarios: {
      [`${SERVICES} each second`]: async () => {
        const checker = await open();
        try {
          return JSON.stringify(await measured(checker));
        } finally {
          await checker.stop();
        }
      },
    },
  };
}

/** Products in the order of the report; each is measured in a lab kernel of its own. */
export const PROBES_GROUPS = [
  { product: 'Piranha', group: probesGroup('Piranha', openPiranha, {}) },
  { product: 'keepalived', group: probesGroup('keepalived', openKeepalived, { keepalived: 'keepalived' }) },
];
