import { parseArgs } from 'node:util';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '@piranha/common';
import { ARP_MEANS, type ArpMeans, type WantedVip } from './model.js';
import { type Wrong, wrong } from './wrong.js';

/** Where the VIPs come from. */
export type Source =
  | { readonly kind: 'words'; readonly vips: readonly WantedVip[] }
  | {
      readonly kind: 'configuration';
      /** `-` is standard input. */
      readonly file: string;
      /** Empty = all addresses that the machine has. */
      readonly ownAddresses: readonly string[];
    };

interface Common {
  readonly runDirectory: string;
  readonly json: boolean;
}

export type Command =
  | (Common & { readonly kind: 'start'; readonly source: Source; readonly arp: ArpMeans })
  | (Common & { readonly kind: 'check'; readonly source: Source | undefined })
  | (Common & { readonly kind: 'stop' | 'status' })
  | { readonly kind: 'help' | 'version' }
  | Wrong;

const OPTIONS = {
  method: { type: 'string' },
  config: { type: 'string' },
  address: { type: 'string', multiple: true },
  arp: { type: 'string' },
  'run-dir': { type: 'string' },
  json: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const VIP_LIMIT = 1_000;
const DEFAULT_RUN_DIRECTORY = '/run/lvs-realserver';
/** Unspecified, loopback, multicast and broadcast addresses. */
const NO_SERVICE = /^(?:0|127|22[4-9]|23\d|24\d|25\d)\.|^::1?$|^ff/;
const HELP_HINT = 'lvs-realserver --help tells more';

type Options = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

/** Options that each action takes, besides `--run-dir`. */
const ALLOWED: Readonly<Record<string, readonly (keyof Options)[]>> = {
  start: ['method', 'config', 'address', 'arp'],
  stop: [],
  status: ['json'],
  check: ['method', 'config', 'address', 'json'],
};

/** Reads the words after the program's name. */
export function readCommandLine(args: readonly string[]): Command {
  let options: Options;
  let words: readonly string[];
  try {
    ({ values: options, positionals: words } = parse(args));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    return usage(reason);
  }
  if (options.help) return { kind: 'help' };
  if (options.version) return { kind: 'version' };
  const [action = '', ...rest] = words;
  const allowed = Object.hasOwn(ALLOWED, action) ? ALLOWED[action] : undefined;
  if (allowed === undefined)
    return usage(action === '' ? 'what to do?' : `unknown action '${shown(action)}'`);
  const stray = (Object.keys(options) as (keyof Options)[]).find(
    (name) => name !== 'run-dir' && !allowed.includes(name),
  );
  if (stray !== undefined) return usage(`--${stray} does not belong to ${action}`);
  return commandOf(action, options, rest);
}

function commandOf(action: string, options: Options, words: readonly string[]): Command {
  const runDirectory = options['run-dir'] ?? DEFAULT_RUN_DIRECTORY;
  const common = { runDirectory, json: options.json === true };
  if (action === 'stop' || action === 'status') {
    return words.length > 0
      ? usage(`${action} takes no VIPs: it is about all of them`)
      : { kind: action, ...common };
  }
  const source = sourceOf(options, words);
  if (source !== undefined && 'code' in source) return source;
  if (action === 'check') return { kind: 'check', source, ...common };
  if (source === undefined) return usage('start needs VIPs or --config');
  const arp = ARP_MEANS.find((means) => means === (options.arp ?? 'sysctl'));
  if (arp === undefined) return usage(`--arp is one of ${ARP_MEANS.join(', ')}`);
  return { kind: 'start', source, arp, ...common };
}

function sourceOf(options: Options, words: readonly string[]): Source | Wrong | undefined {
  if (options.config === undefined) {
    if (options.address !== undefined) return usage('--address belongs to --config');
    return words.length === 0 ? noWords(options) : vipsOf(words, options.method ?? 'direct');
  }
  if (words.length > 0) return usage('VIPs do not go with --config');
  if (options.method !== undefined)
    return usage('--method does not go with --config, which has it for each server');
  const ownAddresses: string[] = [];
  for (const text of options.address ?? []) {
    const address = canonical(text);
    if (address === undefined) return badAddress(text);
    ownAddresses.push(address);
  }
  return { kind: 'configuration', file: options.config, ownAddresses };
}

function noWords({ method }: Options): Wrong | undefined {
  return method === undefined ? undefined : usage('--method needs VIPs');
}

function vipsOf(words: readonly string[], method: string): Source | Wrong {
  if (method !== 'direct' && method !== 'tunnel')
    return usage('--method is direct or tunnel; NAT needs nothing');
  if (words.length > VIP_LIMIT) {
    return wrong(
      'REALSERVER_LIMIT',
      `${words.length} VIPs, more than ${VIP_LIMIT}`,
      'share them among machines',
    );
  }
  const vips = new Map<string, WantedVip>();
  for (const word of words) {
    const address = canonical(word);
    if (address === undefined) return badAddress(word);
    if (NO_SERVICE.test(address)) {
      return wrong('REALSERVER_ADDRESS', `${address} cannot be a VIP`, 'a VIP is the address of one service');
    }
    vips.set(address, { address, method });
  }
  return refusedTunnel([...vips.values()]) ?? { kind: 'words', vips: [...vips.values()] };
}

/** tunl0 carries IPv4 only. */
export function refusedTunnel(vips: readonly WantedVip[]): Wrong | undefined {
  const refused = vips.find(({ address, method }) => method === 'tunnel' && address.includes(':'));
  if (refused === undefined) return undefined;
  const reason = `${refused.address}: tunnels for IPv6 are not set up by this program`;
  return wrong('REALSERVER_IPV6_TUNNEL', reason, 'use direct routing for IPv6, or set up ip6tnl by hand');
}

/** One spelling for each address; the four numbers of IPv4 have to be written out. */
function canonical(text: string): string | undefined {
  if (text.includes(':')) {
    const groups = parseIpv6(text);
    return groups && formatIpv6(groups);
  }
  const number = /^\d+\.\d+\.\d+\.\d+$/.test(text) ? parseIpv4(text) : undefined;
  return number === undefined ? undefined : formatIpv4(number);
}

function badAddress(text: string): Wrong {
  const reason = `'${shown(text)}' is no IP address`;
  return wrong('REALSERVER_ADDRESS', reason, 'names and prefix lengths are not understood');
}

function usage(reason: string): Wrong {
  return wrong('REALSERVER_USAGE', reason, HELP_HINT);
}

/** A word that may be anything, for a message on a terminal. */
function shown(word: string): string {
  const plain = word.replaceAll(/[^\x20-\x7e]/g, '?');
  return plain.length > 60 ? `${plain.slice(0, 60)}...` : plain;
}
