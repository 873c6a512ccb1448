import { cpus, loadavg, release } from 'node:os';
import { addressFamily, UserError } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { askOnce, runDirectory } from '@piranha/protocol';
import { type AnswerSchema, lvsdStatusSchema, pulseStatusSchema } from '@piranha/protocol/schemas';
import { beatPaths } from '../core/beat-paths.js';
import type { Facts } from '../core/facts.js';
import { pathsOf } from '../core/paths.js';
import { activePlaces } from '../core/places.js';
import { askNetwork } from './ask-network.js';
import { askPartner, type PartnerMachine } from './ask-partner.js';
import { askWitnesses } from './ask-witnesses.js';
import { readClock } from './clock.js';
import { readIpvs } from './look-at-ipvs.js';
import { readFirewall, readOwnNetwork, readRoutes, readSysctls } from './look-at-kernel.js';
import { missingPrivileges } from './privileges.js';
import { probePaths } from './probe-paths.js';

const ANSWER_LIMIT_MS = 10_000;
const SINGLE_ADDRESS = 32;

/**
 * Looks at everything that the traps ask for. Changes nothing: it sends ARP probes, connections that it resets, asks the
 * partner for the time, and each witness once.
 * @param other how the partner is reached by ssh, to compare it with this director
 */
export async function gatherFacts(
  configuration: LvsConfiguration,
  runDir: string,
  other?: PartnerMachine,
): Promise<Facts> {
  const unseen: string[] = [];
  const noted = <T>(what: string, found: T | undefined): T | undefined => {
    if (found === undefined) unseen.push(what);
    return found;
  };
  const missing = missingPrivileges();
  const network = noted('the interfaces of this machine', readOwnNetwork());
  const servers = activePlaces({ configuration }).map(({ server }) => server.address);
  const routes = await readRoutes([...new Set(servers)]);
  const { pulseSocket, lvsdSocket } = runDirectory(runDir);
  const [pulse, lvsd, firewall, witnesses, partner] = await Promise.all([
    statusOf(pulseStatusSchema, pulseSocket),
    statusOf(lvsdStatusSchema, lvsdSocket),
    readFirewall(),
    missing.length === 0 ? askWitnesses(configuration) : undefined,
    other && askPartner(other),
  ]);
  noted(`pulse does not answer on ${pulseSocket}`, pulse);
  noted(`lvsd does not answer on ${lvsdSocket}`, lvsd);
  const isActive = pulse?.active === true;
  const mayAsk = missing.length === 0 && network !== undefined;
  const wire = mayAsk ? await lookAtWire(configuration, network, routes, isActive) : undefined;
  unseen.push(...(wire?.unseen ?? []), ...(partner?.problems ?? []));
  const beats = beatPaths({ configuration, addresses: network?.addresses });
  const asked = mayAsk
    ? beats.flatMap((path) => path.partner ?? []).filter((address) => addressFamily(address) === 4)
    : [];
  return {
    configuration,
    missingPrivileges: missing,
    ...(await readIpvs(configuration, missing.length === 0)),
    kernelRelease: release(),
    sysctls: readSysctls(network?.links.map(({ name }) => name) ?? []),
    links: network?.links,
    addresses: network?.addresses,
    routes,
    firewall: noted('the firewall: nft or iptables is missing or did not answer', firewall),
    holders: wire?.holders,
    paths: wire?.paths,
    witnesses,
    partner,
    processors: cpus().length,
    load: loadavg()[0] ?? 0,
    clock: await readClock(pulse?.clockStepMs, asked),
    pulse,
    lvsd,
    unseen,
  };
}

/** Asks the neighbours who they are, then tries the ways to the real servers. */
async function lookAtWire(
  configuration: LvsConfiguration,
  {
    links,
    addresses,
  }: { readonly links: NonNullable<Facts['links']>; readonly addresses: NonNullable<Facts['addresses']> },
  routes: Facts['routes'],
  isActive: boolean,
) {
  // VIPs have no network of their own.
  const own = addresses.filter(({ family, prefixLength }) => family === 4 && prefixLength < SINGLE_ADDRESS);
  const ownNames = own.map(({ address }) => address);
  const { holders, neighbours, unseen } = await askNetwork(configuration, ownNames, routes);
  const { paths, leftOut } = pathsOf(configuration, { neighbours, own, routes, links, isActive });
  const tried = await probePaths(paths);
  const more = leftOut > 0 ? [`${leftOut} more ways to real servers were not tried`] : [];
  return { holders, paths: tried.facts, unseen: [...unseen, ...tried.unseen, ...more] };
}

async function statusOf<T>(schema: AnswerSchema<T>, path: string): Promise<T | undefined> {
  try {
    return schema.safeParse(await askOnce(path, 'status', ANSWER_LIMIT_MS)).data;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}
