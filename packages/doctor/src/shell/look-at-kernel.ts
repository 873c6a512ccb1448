import { readFileSync } from 'node:fs';
import { UserError } from '@piranha/common';
import { kernelDirector } from '@piranha/ipvs';
import { RouteNetlink } from '@piranha/net';
import type { Facts, LinkFact } from '../core/facts.js';
import { type FirewallRule, readIptablesSave, readNftRuleset } from '../core/firewall.js';
import type { OwnAddress } from '../core/paths.js';
import { outputOf } from './tools.js';

/** Sysctls of the machine, and of an interface with its name in place of DEVICE. */
const MACHINE_SYSCTLS = [
  'net.ipv4.ip_forward',
  'net.ipv6.conf.all.forwarding',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.vs.expire_nodest_conn',
  'net.ipv4.vs.expire_quiescent_template',
  'net.ipv4.vs.sync_threshold',
  'net.ipv4.vs.sync_refresh_period',
  'net.ipv4.vs.conn_reuse_mode',
] as const;

/** What the kernel's settings are; those it does not have are left out. */
export function readSysctls(devices: readonly string[]): ReadonlyMap<string, string> {
  const own = devices.map((device) => ['net', 'ipv4', 'conf', device, 'rp_filter']);
  const all = [...MACHINE_SYSCTLS.map((name) => name.split('.')), ...own];
  return new Map(
    all.flatMap((path) => {
      const value = readOne(`/proc/sys/${path.join('/')}`);
      return value === undefined ? [] : [[path.join('.'), value] as const];
    }),
  );
}

function readOne(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim().split(/\s+/).join(' ');
  } catch {
    return undefined;
  }
}

/** Why the kernel's IPVS cannot be used, and what helps; undefined when it can. */
export async function findIpvsProblem(ipvsadm: string): Promise<Facts['ipvsProblem']> {
  try {
    await kernelDirector(ipvsadm).readTable();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { text: error.message, remedy: error.hint ?? 'run ipvsadm -Ln by hand' };
  }
}

/** What rtnetlink tells of this machine. */
interface OwnNetwork {
  readonly links: readonly LinkFact[];
  /** IPv4 addresses that are not VIPs: those have no subnet of their own. */
  readonly addresses: readonly OwnAddress[];
}

const SINGLE_ADDRESS = 32;

/** The machine's interfaces and addresses; undefined where they cannot be asked for. */
export function readOwnNetwork(): OwnNetwork | undefined {
  try {
    const route = new RouteNetlink();
    try {
      const links = route.links();
      const addresses = route.addresses().flatMap(({ address, index, family, prefixLength }) => {
        const link = links.find((one) => one.index === index);
        if (link === undefined || family !== 4 || prefixLength === SINGLE_ADDRESS) return [];
        return [{ address, device: link.name }];
      });
      return { links, addresses };
    } finally {
      route.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

/** Every rule of every firewall of this machine; undefined where none could be asked. */
export async function readFirewall(): Promise<readonly FirewallRule[] | undefined> {
  const [legacy, six, tables] = await Promise.all([
    outputOf('iptables-legacy-save'),
    outputOf('ip6tables-legacy-save'),
    outputOf('nft', 'list', 'ruleset'),
  ]);
  // Without nft its rules may still be read through the other tool.
  const translated = tables === undefined ? await outputOf('iptables-save') : undefined;
  const texts = [legacy, six, translated].filter((text) => text !== undefined);
  if (texts.length === 0 && tables === undefined) return undefined;
  return [...texts.flatMap(readIptablesSave), ...readNftRuleset(tables ?? '')];
}

/** Destinations that are asked about at most. */
const MOST_ROUTES = 500;

/** The interface to each address, and to everybody else under the name `default`. */
export async function readRoutes(
  addresses: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const routes = new Map<string, string | undefined>();
  for (const address of addresses.slice(0, MOST_ROUTES)) {
    routes.set(address, deviceIn(await outputOf('ip', '-j', 'route', 'get', address)));
  }
  routes.set('default', deviceIn(await outputOf('ip', '-j', 'route', 'show', 'default')));
  return routes;
}

/** The device of the first route in a JSON answer of `ip`. */
function deviceIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const [first] = JSON.parse(text) as readonly { readonly dev?: unknown }[];
    return typeof first?.dev === 'string' ? first.dev : undefined;
  } catch {
    return undefined;
  }
}
