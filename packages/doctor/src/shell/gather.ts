import { existsSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { UserError } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { askOnce, runDirectory } from '@piranha/protocol';
import { type AnswerSchema, lvsdStatusSchema, pulseStatusSchema } from '@piranha/protocol/schemas';
import type { Facts } from '../core/facts.js';
import { type OwnAddress, pathsOf } from '../core/paths.js';
import { askNetwork } from './ask-network.js';
import { findIpvsProblem, readFirewall, readOwnNetwork, readRoutes, readSysctls } from './look-at-kernel.js';
import { probePaths } from './probe-paths.js';

const FTP_HELPER = '/sys/module/ip_vs_ftp';
const ANSWER_LIMIT_MS = 5_000;

/** Looks at everything that the traps ask for. Changes nothing: it sends ARP probes, and connections that it resets. */
export async function gatherFacts(configuration: LvsConfiguration, runDir: string): Promise<Facts> {
  const unseen: string[] = [];
  const noted = async <T>(
    what: string,
    value: T | undefined | Promise<T | undefined>,
  ): Promise<T | undefined> => {
    const found = await value;
    if (found === undefined) unseen.push(what);
    return found;
  };
  const isRoot = process.getuid?.() === 0;
  const network = await noted('the interfaces of this machine', readOwnNetwork());
  const routes = await readRoutes(realServers(configuration));
  const { pulseSocket, lvsdSocket } = runDirectory(runDir);
  const pulse = await noted(
    `pulse does not answer on ${pulseSocket}`,
    statusOf(pulseStatusSchema, pulseSocket),
  );
  const wire = isRoot
    ? await lookAtWire(configuration, network?.addresses ?? [], routes, pulse?.active === true)
    : undefined;
  unseen.push(...(wire?.unseen ?? []));
  return {
    configuration,
    isRoot,
    ipvsProblem: isRoot ? await findIpvsProblem(configuration.ipvsadmPath) : undefined,
    kernelRelease: release(),
    sysctls: readSysctls(network?.links.map(({ name }) => name) ?? []),
    links: network?.links,
    routes,
    firewall: await noted('the firewall: neither nft nor iptables answered', readFirewall()),
    hasFtpHelper: existsSync(FTP_HELPER),
    holders: wire?.holders,
    paths: wire?.paths,
    processors: cpus().length,
    load: loadavg()[0] ?? 0,
    pulse,
    lvsd: await noted(`lvsd does not answer on ${lvsdSocket}`, statusOf(lvsdStatusSchema, lvsdSocket)),
    unseen,
  };
}

/** Asks the neighbours who they are, then tries the ways to the real servers among them. */
async function lookAtWire(
  configuration: LvsConfiguration,
  own: readonly OwnAddress[],
  routes: Facts['routes'],
  isActive: boolean,
) {
  const ownAddresses = own.map(({ address }) => address);
  const { holders, neighbours, unseen } = await askNetwork(configuration, ownAddresses, routes);
  const tried = await probePaths(pathsOf(configuration, neighbours, own, isActive));
  return { holders, paths: tried.facts, unseen: [...unseen, ...tried.unseen] };
}

function realServers(configuration: LvsConfiguration): readonly string[] {
  const active = configuration.virtualServers.filter((virtual) => virtual.active);
  const servers = active.flatMap((virtual) => virtual.servers.filter((server) => server.active));
  return [...new Set(servers.map(({ address }) => address))];
}

async function statusOf<T>(schema: AnswerSchema<T>, path: string): Promise<T | undefined> {
  try {
    return schema.safeParse(await askOnce(path, 'status', ANSWER_LIMIT_MS)).data;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}
