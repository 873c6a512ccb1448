import { setTimeout as pause } from 'node:timers/promises';
import { errorText, patient } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { Announcer, type ArpPacket, type ArpWatch, watchArp } from '@piranha/net';
import type { HolderFact } from '../core/facts.js';

/** Neighbours answer within milliseconds; a busy one a little later. */
const LISTEN_MS = 700;

/** What the network answered, and what could not be asked. */
export interface NetworkAnswers {
  readonly holders: readonly HolderFact[];
  readonly unseen: readonly string[];
}

/** The IPv4 addresses that are asked about on a device, and whose they are. */
interface Question {
  readonly device: string;
  readonly vips: readonly string[];
  /** Real servers and the partner, by address. */
  readonly known: ReadonlyMap<string, string>;
}

function questions(configuration: LvsConfiguration, ownAddresses: readonly string[]): readonly Question[] {
  const active = configuration.virtualServers.filter((virtual) => virtual.active);
  const known = new Map<string, string>();
  for (const server of active.flatMap(({ servers }) => servers)) known.set(server.address, server.name);
  for (const address of [configuration.primary, configuration.backup]) {
    if (address !== undefined && !ownAddresses.includes(address)) known.set(address, 'the partner');
  }
  const vips = new Map<string, Set<string>>();
  for (const { address, family } of active) {
    if (address === undefined || family !== 4) continue;
    const device = address.device.split(':')[0] ?? '';
    vips.set(device, (vips.get(device) ?? new Set()).add(address.address));
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
): Promise<NetworkAnswers> {
  const answers = await Promise.all(questions(configuration, ownAddresses).map(askOne));
  return {
    holders: answers.flatMap(({ holders }) => holders),
    unseen: answers.flatMap(({ unseen }) => unseen),
  };
}

async function askOne({ device, vips, known }: Question): Promise<NetworkAnswers> {
  const heard: ArpPacket[] = [];
  const problems: string[] = [];
  const announcer = new Announcer();
  let watch: ArpWatch | undefined;
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
  const owners = new Map<string, string>();
  for (const { senderAddress, senderMac } of heard) {
    const owner = known.get(senderAddress);
    if (owner !== undefined) owners.set(senderMac, owner);
  }
  const claims = new Map<string, HolderFact>();
  for (const { senderAddress: address, senderMac: mac } of heard) {
    if (vips.includes(address))
      claims.set(`${address} ${mac}`, { address, mac, device, owner: owners.get(mac) });
  }
  return { holders: [...claims.values()], unseen: problems.map((problem) => `${device}: ${problem}`) };
}
