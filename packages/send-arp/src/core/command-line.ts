import { parseArgs } from 'node:util';
import { parseIpv4 } from '@piranha/common';
import { type AnnouncementForm, type AnnouncementTarget, parseMac } from '@piranha/net';
import { USAGE } from './help.js';
import { readSchedule } from './schedule.js';
import { readTargets } from './targets.js';
import { type Wrong, wrong } from './wrong.js';

/** One frame, as the original's send_arp sends it. */
export interface OriginalCommand {
  readonly kind: 'original';
  readonly device: string;
  readonly address: string;
  readonly mac: string;
  readonly destinationMac: string;
  readonly verbose: boolean;
}

/** Many addresses, several times. */
export interface AnnounceCommand {
  readonly kind: 'announce';
  /** `stdin` when they are still to be read. */
  readonly targets: readonly AnnouncementTarget[] | 'stdin';
  readonly scheduleMs: readonly number[];
  readonly form: AnnouncementForm;
  readonly verbose: boolean;
}

export type Command = OriginalCommand | AnnounceCommand | { readonly kind: 'help' | 'version' } | Wrong;

const OPTIONS = {
  interface: { type: 'string', short: 'i' },
  announce: { type: 'boolean' },
  schedule: { type: 'string' },
  form: { type: 'string' },
  verbose: { type: 'boolean', short: 'v' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const HELP_HINT = 'send_arp --help tells more';
const DEFAULT_DEVICE = 'eth0';
const FORMS: readonly string[] = ['both', 'reply', 'request'] satisfies readonly AnnouncementForm[];

type Options = ReturnType<typeof parse>['values'];

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

/** Reads the words after the program's name. */
export function readCommandLine(args: readonly string[]): Command {
  let options: Options;
  let words: readonly string[];
  try {
    ({ values: options, positionals: words } = parse(args));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    return wrong('SEND_ARP_USAGE', reason, HELP_HINT);
  }
  if (options.help) return { kind: 'help' };
  if (options.version) return { kind: 'version' };
  return options.announce ? announceCommand(options, words) : originalCommand(options, words);
}

function originalCommand(options: Options, words: readonly string[]): OriginalCommand | Wrong {
  if (options.schedule !== undefined || options.form !== undefined) {
    return wrong('SEND_ARP_USAGE', '--schedule and --form belong to --announce', HELP_HINT);
  }
  const [address = '', mac = '', , destination = ''] = words;
  if (words.length !== 4) return wrong('SEND_ARP_USAGE', `usage: ${USAGE}`, HELP_HINT);
  if (parseIpv4(address) === undefined) {
    const hint = 'this form is for IPv4; --announce knows IPv6 too';
    return wrong('SEND_ARP_ADDRESS', `'${address}' is no IPv4 address`, hint);
  }
  const hardware = parseMac(mac);
  const destinationMac = parseMac(destination);
  if (hardware === undefined) return badMac(mac);
  if (destinationMac === undefined) return badMac(destination);
  const device = options.interface ?? DEFAULT_DEVICE;
  return {
    kind: 'original',
    device,
    address,
    mac: hardware,
    destinationMac,
    verbose: options.verbose === true,
  };
}

function badMac(text: string): Wrong {
  return wrong(
    'SEND_ARP_MAC',
    `'${text}' is no MAC address`,
    'it has 12 hexadecimal digits, colons optional',
  );
}

function announceCommand(options: Options, words: readonly string[]): AnnounceCommand | Wrong {
  if (options.interface !== undefined) {
    return wrong(
      'SEND_ARP_USAGE',
      '-i does not go with --announce',
      'name the device with each address: DEV=ADDRESS',
    );
  }
  const form = options.form ?? 'both';
  if (!isForm(form)) return wrong('SEND_ARP_USAGE', `unknown form '${form}'`, `one of ${FORMS.join(', ')}`);
  const scheduleMs = readSchedule(options.schedule);
  if ('kind' in scheduleMs) return scheduleMs;
  const targets = words.length === 1 && words[0] === '-' ? 'stdin' : readTargets(words);
  if (typeof targets === 'object' && 'kind' in targets) return targets;
  return { kind: 'announce', targets, scheduleMs, form, verbose: options.verbose === true };
}

function isForm(text: string): text is AnnouncementForm {
  return FORMS.includes(text);
}
