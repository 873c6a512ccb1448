import { setTimeout as pause } from 'node:timers/promises';
import { errorText, patient } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { Announcer, type ArpPacket, type FrameWatch, watchArp } from '@piranha/net';
import { type HolderFact, PARTNER } from '../core/facts.js';
import type { Neighbour } from '../core/paths.js';
import { activePlaces, activeServices, deviceName } from '../core/places.js';
import { readNeighbours } from './neighbours.js';
import { FRAME_GAP_MS } from './pace.js';

/** Neighbours answer within milliseconds; a busy one a little later. */
const LISTEN_MS = 700;
/** Addresses that are asked for on an interface at most. */
const MOST_ASKED = 500;

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
  /** Those of them that the kernel knows anyway. */
  readonly neighbours: readonly Neighbour[];
}

/** The devices with VIPs, and those that real servers are reached by. */
function questions(
  configuration: LvsConfiguration,
  ownAddresses: readonly string[],
  routes: ReadonlyMap<string, string | undefined>,
  neighbours: readonly Neighbour[],
): readonly Question[] {
  const known = new Map<string, string>();
  const vips = new Map<string, Set<string>>();
  const on = (device: string): Set<string> => {
    const found = vips.get(device) ?? new Set();
    vips.set(device, found);
    return found;
  };
  for (const { address, family } of activeServices({ configuration })) {
    if (address !== undefined && family === 4) on(deviceName(address.device)).add(address.address);
  }
  for (const { virtual, server } of activePlaces({ configuration })) {
    if (virtual.family !== 4) continue;
    known.set(server.address, server.name);
    const device = routes.get(server.address);
    if (device !== undefined && device !== 'lo') on(device);
  }
  const more = configuration.directors.map(({ publicAddress }) => publicAddress);
  for (const address of [configuration.primary, configuration.backup, ...more]) {
    if (address !== undefined && !ownAddresses.includes(address)) known.set(address, PARTNER);
  }
  return [...vips].map(([device, addresses]) => ({
    device,
    vips: [...addresses],
    known,
    neighbours: neighbours.filter((one) => one.device === device && known.has(one.address)),
  }));
}

/**
 * Asks on the wire who holds the VIPs, and, where the kernel does not know them, who has the real servers' and the
 * partner's addresses, so that an answer has a name. Nobody's ARP cache is changed by it. Needs root.
 */
export async function askNetwork(
  configuration: LvsConfiguration,
  ownAddresses: readonly string[],
  routes: ReadonlyMap<string, string | undefined>,
): Promise<NetworkAnswers> {
  const asked = questions(configuration, ownAddresses, routes, await readNeighbours());
  const answers = await Promise.all(asked.map(askOne));
  return {
    holders: answers.flatMap(({ holders }) => holders),
    neighbours: answers.flatMap(({ neighbours }) => neighbours),
    unseen: answers.flatMap(({ unseen }) => unseen),
  };
}

async function askOne(question: Question): Promise<NetworkAnswers> {
  const { device, vips, known, neighbours } = question;
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
    const strangers = [...known.keys()].filter(
      (address) => !neighbours.some((one) => one.address === address),
    );
    for (const address of [...vips, ...strangers].slice(0, MOST_ASKED)) {
      problems.push(...announcer.probe([{ address, interface: device }]));
      await pause(FRAME_GAP_MS);
    }
    await pause(patient(LISTEN_MS));
  } catch (error) {
    problems.push(errorText(error));
  } finally {
    watch?.close();
    announcer.close();
  }
  const unseen = [...new Set(problems)].map((problem) => `${device}: ${problem}`);
  return { ...answersOf(question, heard), unseen };
}

/** What the answers say, with the names of those who gave them. */
function answersOf(
  { device, vips, known, neighbours }: Question,
  heard: readonly ArpPacket[],
): Pick<NetworkAnswers, 'holders' | 'neighbours'> {
  const found = new Map(neighbours.map((one) => [one.address, one]));
  for (const { senderAddress: address, senderMac: mac } of heard) {
    if (known.has(address)) found.set(address, { address, mac, device });
  }
  const owners = new Map([...found.values()].map(({ mac, address }) => [mac, known.get(address)]));
  const claims = new Map<string, HolderFact>();
  for (const { senderAddress: address, senderMac: mac } of heard) {
    if (!vips.includes(address)) continue;
    claims.set(`${address} ${mac}`, { address, mac, device, owner: owners.get(mac) });
  }
  return { holders: [...claims.values()], neighbours: [...found.values()] };
}
