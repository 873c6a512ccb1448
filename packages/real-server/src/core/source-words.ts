import { formatIpv4, formatIpv6, isFarHost, isFarPath, parseIpv4, parseIpv6 } from '@piranha/common';
import type { Method, WantedVip } from './model.js';
import { shown, usage, type Wrong, wrong } from './wrong.js';

/** An lvs.cf, here or on a director. */
export interface LvsCfSource {
  /** `-` is standard input; with directors a path there. */
  readonly file: string;
  /** Hosts for ssh, asked in this order until one answers; none = the file is on this machine. */
  readonly directors: readonly string[];
  /** Empty = all addresses that the machine has. */
  readonly ownAddresses: readonly string[];
}

/** Where the VIPs come from: from words, from an lvs.cf, or from both. */
export interface Source {
  readonly vips: readonly WantedVip[];
  readonly lvsCf: LvsCfSource | undefined;
}

/** The parts of a command line that say which VIPs. */
export interface SourceWords {
  readonly words: readonly string[];
  readonly method: string | undefined;
  readonly lvsCf: string | undefined;
  readonly directors: readonly string[];
  readonly ownAddresses: readonly string[];
}

const VIP_LIMIT = 1_000;
const DEFAULT_LVS_CF = '/etc/sysconfig/ha/lvs.cf';
/** Unspecified, loopback, multicast, broadcast, link-local and mapped addresses. */
const NO_SERVICE = /^(?:0|127|22[4-9]|23\d|24\d|25\d)\.|^::1?$|^::ffff:|^f(?:f|e[89ab])/;

/** Undefined where the words name no VIPs at all. */
export function sourceOf({ words, method = 'direct', ...rest }: SourceWords): Source | Wrong | undefined {
  if (method !== 'direct' && method !== 'tunnel')
    return usage('--method is direct or tunnel; NAT needs nothing');
  const vips = vipsOf(words, method);
  if ('code' in vips) return vips;
  const lvsCf = lvsCfOf(rest);
  if (lvsCf !== undefined && 'code' in lvsCf) return lvsCf;
  return vips.length === 0 && lvsCf === undefined ? undefined : { vips, lvsCf };
}

function lvsCfOf(given: Omit<SourceWords, 'words' | 'method'>): LvsCfSource | Wrong | undefined {
  const { lvsCf, directors } = given;
  if (lvsCf === undefined && directors.length === 0) {
    return given.ownAddresses.length > 0 ? usage('--address belongs to --lvs-cf or --director') : undefined;
  }
  const bad = directors.find((host) => !isFarHost(host));
  if (bad !== undefined) return usage(`--director: '${shown(bad)}' is neither HOST nor USER@HOST`);
  const file = lvsCf ?? DEFAULT_LVS_CF;
  if (directors.length > 0 && !isFarPath(file)) {
    return usage(`--lvs-cf: '${shown(file)}' is no plain absolute path on the director`);
  }
  if (file === '') return usage('--lvs-cf needs a file');
  const ownAddresses: string[] = [];
  for (const text of given.ownAddresses) {
    const address = canonical(text);
    if (address === undefined) return badAddress(text);
    ownAddresses.push(address);
  }
  return { file, directors, ownAddresses };
}

function vipsOf(words: readonly string[], method: Method): readonly WantedVip[] | Wrong {
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
  return [...vips.values()];
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
