import { setTimeout as pause } from 'node:timers/promises';
import { errorText, patient } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { Announcer, type ArpPacket, type FrameWatch, watchArp } from '@piranha/net';
import type { HolderFact } from '../core/facts.js';
import type { Neighbour } from '../core/paths.js';

/** Neighbours answer within milliseconds; a busy one a little later. */
const LISTEN_MS = 700;

/** What the network answered, and what could not be asked. */
interface NetworkAnswers {
  readonly holders: readonly HolderFact[];
  readonly neighbours: readonly Neighbour[];
  readonly unseen: readonly string[];
}

/** The IPv4 addresses that are asked about on a device, and whose they are. */
interface Question {
  readonly device: string;
  readonly vips: readonly string[];
  /** Real servers and the partner, by address. */
  readonly known: ReadonlyMap<string, string>;
}

/** The devices with VIPs, and those that real servers are reached by. */
function questions(
  configuration: LvsConfiguration,
  ownAddresses: readonly string[],
  routes: ReadonlyMap<string, string | undefined>,
): readonly Question[] {
  const active = configuration.virtualServers.filter(({ active, family }) => active && family === 4);
  const known = new Map<string, string>();
  const vips = new Map<string, Set<string>>();
  const on = (device: string): Set<string> => {
    const found = vips.get(device) ?? new Set();
    vips.set(device, found);
    return found;
  };
  for (const { address, servers } of active) {
    if (address !== undefined) on(address.device.split(':')[0] ?? '').add(address.address);
    for (const server of servers.filter((one) => one.active)) {
      known.set(server.address, server.name);
      const device = routes.get(server.address);
      if (device !== undefined && device !== 'lo') on(device);
    }
  }
  for (const address of [configuration.primary, configuration.backup]) {
    if (address !== undefined && !ownAddresses.includes(address)) known.set(address, 'the partner');
  }
  return [...vips].map(([device, addresses]) => ({ device, vips: [...addresses], known }));
}

/**
 * Asks on the wire who holds the VIPs, and who has the real servers' and the partner's addresses, so that an answer has
 * a name. Nobody's ARP cache is changed by it. Needs root.
 */
export async function askNetwork(
  configuration: LvsConfiguration,
  ownAddresses: readonly string[],
  routes: ReadonlyMap<string, string | undefined>,
): Promise<NetworkAnswers> {
  const answers = await Promise.all(questions(configuration, ownAddresses, routes).map(askOne));
  return {
    holders: answers.flatMap(({ holders }) => holders),
    neighbours: answers.flatMap(({ neighbours }) => neighbours),
    unseen: answers.flatMap(({ unseen }) => unseen),
  };
}

async function askOne({ device, vips, known }: Question): Promise<NetworkAnswers> {
  const heard: ArpPacket[] = [];
  const problems: string[] = [];
  const announcer = new Announcer();
  let watch: FrameWatch | undefined;
  try {
    watch = watchArp(
      device,
      (packet) => heard.push(packet),
      (error) => problems.push(error.message),
    );
    const asked = [...vips, ...known.keys()].map((address) => ({ address, interface: device }));
    problems.push(...announcer.probe(asked));
    await pause(patient(LISTEN_MS));
  } catch (error) {
    problems.push(errorText(error));
  } finally {
    watch?.close();
    announcer.close();
  }
  const neighbours = new Map<string, Neighbour>();
  const claims = new Map<string, HolderFact>();
  const owners = new Map<string, string>();
  for (const { senderAddress: address, senderMac: mac } of heard) {
    const owner = known.get(address);
    if (owner === undefined) continue;
    owners.set(mac, owner);
    neighbours.set(address, { address, mac, device });
  }
  for (const { senderAddress: address, senderMac: mac } of heard) {
    if (vips.includes(address))
      claims.set(`${address} ${mac}`, { address, mac, device, owner: owners.get(mac) });
  }
  return {
    holders: [...claims.values()],
    neighbours: [...neighbours.values()],
    unseen: problems.map((problem) => `${device}: ${problem}`),
  };
}
