import { readFileSync } from 'node:fs';
import { UserError } from '@piranha/common';
import { RouteNetlink } from '@piranha/net';
import type { AddressFact, LinkFact } from '../core/facts.js';
import type { FirewallChain } from '../core/firewall.js';
import { readIptablesSave } from '../core/read-iptables.js';
import { readNftRuleset } from '../core/read-nft.js';
import { askTool, outputOf } from './tools.js';

/** Sysctls of the machine, and of an interface with its name in place of DEVICE. */
const MACHINE_SYSCTLS = [
  'net.ipv4.ip_forward',
  'net.ipv6.conf.all.forwarding',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.conf.all.promote_secondaries',
  'net.ipv4.vs.expire_nodest_conn',
  'net.ipv4.vs.expire_quiescent_template',
  'net.ipv4.vs.sync_threshold',
  'net.ipv4.vs.sync_refresh_period',
  'net.ipv4.vs.sync_retries',
  'net.ipv4.vs.sloppy_tcp',
  'net.ipv4.vs.backup_only',
  'net.ipv4.vs.conn_reuse_mode',
] as const;

/** What the kernel's settings are; those it does not have are left out. */
export function readSysctls(devices: readonly string[]): ReadonlyMap<string, string> {
  const own = devices.flatMap((device) =>
    ['rp_filter', 'promote_secondaries'].map((name) => ['net', 'ipv4', 'conf', device, name]),
  );
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

/** What rtnetlink tells of this machine. */
interface OwnNetwork {
  readonly links: readonly LinkFact[];
  readonly addresses: readonly AddressFact[];
}

/** The machine's interfaces and addresses; undefined where they cannot be asked for. */
export function readOwnNetwork(): OwnNetwork | undefined {
  try {
    const route = new RouteNetlink();
    try {
      const links = route.links();
      const addresses = route.addresses().flatMap((one) => {
        const { address, index, family, prefixLength, isSecondary } = one;
        const link = links.find((other) => other.index === index);
        if (link === undefined) return [];
        return [{ address, family, prefixLength, isSecondary, device: link.name }];
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

/**
 * Every rule of every firewall of this machine; undefined where none could be asked, or one did not answer to the end:
 * half of the rules would tell less than none.
 */
export async function readFirewall(): Promise<readonly FirewallChain[] | undefined> {
  const [legacy, six, tables] = await Promise.all([
    askTool('iptables-legacy-save'),
    askTool('ip6tables-legacy-save'),
    askTool('nft', 'list', 'ruleset'),
  ]);
  // Without nft its rules may still be read through the other tools.
  const others = tables.text === undefined ? [askTool('iptables-save'), askTool('ip6tables-save')] : [];
  const [four, sixth] = await Promise.all(others);
  const all = [legacy, six, tables, four, sixth].flatMap((one) => one ?? []);
  if (all.some(({ wasCut }) => wasCut) || all.every(({ text }) => text === undefined)) return undefined;
  return [
    ...[legacy, four].flatMap((one) => readIptablesSave(one?.text ?? '')),
    ...[six, sixth].flatMap((one) => readIptablesSave(one?.text ?? '', 'ip6')),
    ...readNftRuleset(tables.text ?? ''),
  ];
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
