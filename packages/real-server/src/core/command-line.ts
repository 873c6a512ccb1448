import { parseArgs } from 'node:util';
import { ARP_MEANS, type ArpMeans } from './model.js';
import { type Source, sourceOf } from './source-words.js';
import { shown, usage, type Wrong } from './wrong.js';

interface Common {
  readonly runDirectory: string;
  readonly json: boolean;
}

export type Command =
  | (Common & {
      readonly kind: 'start';
      readonly source: Source;
      readonly arp: ArpMeans;
      /** 0 = segments are not limited. */
      readonly pathMtuBytes: number;
    })
  | (Common & { readonly kind: 'check'; readonly source: Source | undefined })
  | (Common & { readonly kind: 'stop' | 'status' })
  | { readonly kind: 'help' | 'version' }
  | Wrong;

const OPTIONS = {
  method: { type: 'string' },
  'lvs-cf': { type: 'string' },
  director: { type: 'string', multiple: true },
  address: { type: 'string', multiple: true },
  arp: { type: 'string' },
  'path-mtu': { type: 'string' },
  'run-dir': { type: 'string' },
  json: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The least is what every IPv4 host takes. */
const PATH_MTU = { least: 576, most: 65_535 } as const;
const DEFAULT_RUN_DIRECTORY = '/run/lvs-realserver';

type Options = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

const SOURCE_OPTIONS = ['method', 'lvs-cf', 'director', 'address'] as const;

/** Options that each action takes, besides `--run-dir`. */
const ALLOWED: Readonly<Record<string, readonly (keyof Options)[]>> = {
  start: [...SOURCE_OPTIONS, 'arp', 'path-mtu'],
  stop: [],
  status: ['json'],
  check: [...SOURCE_OPTIONS, 'json'],
};

/** Reads the words after the program's name. */
export function readCommandLine(args: readonly string[]): Command {
  let options: Options;
  let words: readonly string[];
  try {
    ({ values: options, positionals: words } = parse(args));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? error.message) : String(error);
    return usage(shown(reason));
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
  if (runDirectory === '') return usage('--run-dir needs a directory');
  const common = { runDirectory, json: options.json === true };
  if (action === 'stop' || action === 'status') {
    return words.length > 0
      ? usage(`${action} takes no VIPs: it is about all of them`)
      : { kind: action, ...common };
  }
  const source = sourceOf({
    words,
    method: options.method,
    lvsCf: options['lvs-cf'],
    directors: options.director ?? [],
    ownAddresses: options.address ?? [],
  });
  if (source !== undefined && 'code' in source) return source;
  if (action === 'check') return { kind: 'check', source, ...common };
  if (source === undefined) return usage('start needs VIPs, --lvs-cf or --director');
  const arp = ARP_MEANS.find((means) => means === (options.arp ?? 'sysctl'));
  if (arp === undefined) return usage(`--arp is one of ${ARP_MEANS.join(', ')}`);
  const pathMtuBytes = pathMtuOf(options['path-mtu']);
  if (pathMtuBytes === undefined)
    return usage(`--path-mtu is a number of bytes, ${PATH_MTU.least} to ${PATH_MTU.most}`);
  return { kind: 'start', source, arp, pathMtuBytes, ...common };
}

function pathMtuOf(text: string | undefined): number | undefined {
  if (text === undefined) return 0;
  const bytes = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return bytes >= PATH_MTU.least && bytes <= PATH_MTU.most ? bytes : undefined;
}
