import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RouteNetlink } from '@piranha/net';
import { ARP_TABLE_LIST, readArpTable } from '../core/arp-table.js';
import { isInner, type MachineState } from '../core/model.js';
import { ipv4Setting, WATCHED_SETTINGS } from '../core/needs.js';
import { type DefaultRoute, readIpv4Defaults, readIpv6Defaults } from '../core/proc-routes.js';
import { type Listener, readListeners } from '../core/proc-sockets.js';
import { readSegmentTable, SEGMENT_TABLE_LIST } from '../core/segment-table.js';
import { runTool } from './run-tool.js';

const VALUE_LIMIT = 200;

/** Path in the file system of a setting. */
export function settingFile(path: string): string {
  return join('/proc/sys', path);
}

/**
 * What the kernel says at this moment, in the network namespace of the process.
 * @param withTables reads our tables of nftables too, which takes two processes and root
 * @throws UserError `ADDRESS_FAILED`
 */
export function readMachine(withTables: boolean): MachineState {
  const netlink = new RouteNetlink();
  try {
    const links = netlink.links();
    const names = ['all', ...links.map(({ name }) => name)];
    const paths = names.flatMap((name) => WATCHED_SETTINGS.map((setting) => ipv4Setting(name, setting)));
    return {
      links,
      addresses: netlink.addresses(),
      sysctls: new Map(paths.flatMap((path) => settingOf(path))),
      arpTable: withTables ? tableOf(ARP_TABLE_LIST, readArpTable) : undefined,
      segmentTable: withTables ? tableOf(SEGMENT_TABLE_LIST, readSegmentTable) : undefined,
    };
  } finally {
    netlink.close();
  }
}

function settingOf(path: string): readonly (readonly [string, string])[] {
  const text = textOf(settingFile(path));
  return text === undefined ? [] : [[path, text.trim().slice(0, VALUE_LIMIT)]];
}

function tableOf<T>(words: readonly string[], read: (listing: string) => T | undefined): T | undefined {
  const { ok, stdout } = runTool('nft', words);
  return ok ? read(stdout) : undefined;
}

/** The default routes of both families, best first. */
export function readDefaults(): readonly DefaultRoute[] {
  const [fourth, sixth] = [textOf('/proc/net/route'), textOf('/proc/net/ipv6_route')];
  return [...readIpv4Defaults(fourth ?? ''), ...readIpv6Defaults(sixth ?? '')];
}

/** The sockets of TCP and UDP that take what comes. */
export function readSockets(): readonly Listener[] {
  return (['tcp', 'udp'] as const).flatMap((protocol) =>
    ['', '6'].flatMap((family) => readListeners(textOf(`/proc/net/${protocol}${family}`) ?? '', protocol)),
  );
}

/** Undefined where the kernel has no such file, as without IPv6, or for an interface that has just gone. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The addresses by which a director may know this machine: not those of lo and of the tunnels. */
export function machineAddresses({ links, addresses }: MachineState): readonly string[] {
  const inner = links.filter(({ name }) => isInner(name)).map(({ index }) => index);
  return addresses.filter(({ index }) => !inner.includes(index)).map(({ address }) => address);
}
