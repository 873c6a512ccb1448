import { monotonicNowMs } from '@piranha/common';
import type { ScenarioGroup, SharedLab } from '../../guest/group.js';
import { LiveConnections } from '../../guest/live-connections.js';
import type { Namespace } from '../../guest/namespace.js';
import { get, until } from '../../guest/requests.js';

/** The virtual address, with a web and an echo service. */
export const VIRTUAL_ADDRESS = '10.0.0.100';
/** The address of the directors in front of NAT's real servers. */
export const ROUTER = '192.168.7.254';
/** Real servers of every pair. */
export const SERVERS = ['one', 'two'] as const;

export type Method = 'direct' | 'nat';

const CONNECTIONS = 200;
const SPAN_MS = 30_000;

/** What a run showed. */
export interface Kept {
  readonly total: number;
  readonly alive: number;
  /** Ages of the others when it happened, milliseconds. */
  readonly lostAgesMs: readonly number[];
}

/** A pair of directors with the two services. */
export interface KeptPair extends SharedLab {
  readonly client: Namespace;
  /** The operator moves the addresses; resolves when the partner holds them. */
  handOver(): Promise<void>;
  /** The director that serves loses power; resolves when the partner holds the addresses. The last that happens. */
  crash(): Promise<void>;
}

async function measure(pair: KeptPair, happen: () => Promise<void>): Promise<string> {
  const connections = new LiveConnections(pair.client, VIRTUAL_ADDRESS);
  await connections.openAmongOthers(CONNECTIONS, SPAN_MS);
  const eventMs = monotonicNowMs();
  await happen();
  await until('the partner to answer', async () => (await get(pair.client, VIRTUAL_ADDRESS)) !== '');
  const { alive } = await connections.survivors();
  const kept: Kept = { total: CONNECTIONS, alive, lostAgesMs: connections.lostAgesMs(eventMs) };
  connections.close();
  return JSON.stringify(kept);
}

/** The group that measures a product in the lab kernel; its scenarios give a `Kept` each. */
export function keptGroup(
  product: string,
  method: Method,
  open: (method: Method) => Promise<KeptPair>,
): ScenarioGroup<KeptPair> {
  return {
    name: `kept-${product.toLowerCase()}-${method}`,
    title: `connections that ${product} keeps (${method})`,
    open: () => open(method),
    scenarios: {
      'planned handover': (pair) => measure(pair, () => pair.handOver()),
      crash: (pair) => measure(pair, () => pair.crash()),
    },
  };
}
