import type { OptionSpec } from '@piranha/common';

/** nanny's options in the original's spelling. */
export const NANNY_OPTIONS = {
  server: { type: 'string', short: 'h' },
  port: { type: 'string', short: 'p' },
  rport: { type: 'string', short: 'r' },
  virtaddress: { type: 'string', short: 'V' },
  fwmark: { type: 'string', short: 'f' },
  interval: { type: 'string', short: 't' },
  reentrytime: { type: 'string', short: 'a' },
  weight: { type: 'string', short: 'w' },
  scale: { type: 'string', short: 'S' },
  method: { type: 'string', short: 'M' },
  ipvsadm: { type: 'string', short: 'I' },
  loadcmd: { type: 'string', short: 'U' },
  send_program: { type: 'string', short: 'e' },
  send_string: { type: 'string', short: 's' },
  expect_string: { type: 'string', short: 'x' },
  regex: { type: 'boolean' },
  suppress: { type: 'boolean', short: 'T' },
  quiesce_server: { type: 'boolean', short: 'q' },
  udp: { type: 'boolean', short: 'u' },
  nodaemon: { type: 'boolean', short: 'n' },
  nofork: { type: 'boolean', short: 'c' },
  verbose: { type: 'boolean', short: 'v' },
  'test-start': { type: 'boolean' },
  probe: { type: 'boolean' },
  rise: { type: 'string' },
  fall: { type: 'string' },
  'check-interval': { type: 'string' },
  'fast-interval': { type: 'string' },
  'down-interval': { type: 'string' },
  'connect-timeout': { type: 'string' },
  retry: { type: 'string' },
  'retry-delay': { type: 'string' },
  'initial-state': { type: 'string' },
  warmup: { type: 'string' },
  'check-address': { type: 'string' },
  'check-port': { type: 'string' },
  agent: { type: 'string' },
  'agent-interval': { type: 'string' },
  'agent-number': { type: 'string' },
  'agent-hold': { type: 'string' },
  shared: { type: 'string' },
  lvs: { type: 'boolean' },
  fos: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type NannyOptionName = keyof typeof NANNY_OPTIONS;

/** Spellings of the original's man page, and dashes for underscores. */
const ALIASES: Readonly<Record<string, NannyOptionName>> = {
  send_str: 'send_string',
  'send-string': 'send_string',
  expect_str: 'expect_string',
  'expect-string': 'expect_string',
  'send-program': 'send_program',
  'quiesce-server': 'quiesce_server',
  UDP: 'udp',
  norun: 'test-start',
};

const SPECS: Readonly<Record<string, OptionSpec>> = NANNY_OPTIONS;

const NAME_OF_SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries(SPECS).flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name] as const])),
);

/** The long forms of `-cv` or `-h 10.0.0.1`; undefined when a letter is unknown. */
function expandShort(
  word: string,
  next: string | undefined,
): { words: string[]; usedNext: boolean } | undefined {
  const words: string[] = [];
  for (let at = 1; at < word.length; at++) {
    const name = NAME_OF_SHORT.get(word.charAt(at));
    if (name === undefined) return undefined;
    if (SPECS[name]?.type === 'boolean') {
      words.push(`--${name}`);
      continue;
    }
    const inline = word.slice(at + 1);
    if (inline !== '') return { words: [...words, `--${name}=${inline}`], usedNext: false };
    if (next === undefined) return undefined;
    return { words: [...words, `--${name}=${next}`], usedNext: true };
  }
  return { words, usedNext: false };
}

function expandLong(word: string, next: string | undefined): { words: string[]; usedNext: boolean } {
  const [written = '', ...values] = word.slice(2).split('=');
  const name = Object.hasOwn(ALIASES, written) ? (ALIASES[written] ?? written) : written;
  if (values.length > 0) return { words: [`--${name}=${values.join('=')}`], usedNext: false };
  const takesValue = Object.hasOwn(SPECS, name) && SPECS[name]?.type === 'string';
  if (takesValue && next !== undefined) return { words: [`--${name}=${next}`], usedNext: true };
  return { words: [`--${name}`], usedNext: false };
}

/**
 * Brings every option into the form `--name` or `--name=value`, so that a value may begin with a dash (`-M -g`,
 * `-x -OK`) as with the original's option reader. Words that are no known option stay for the parser to refuse.
 */
export function normalizeArguments(args: readonly string[]): string[] {
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') return [...words, ...args.slice(at)];
    const next = args[at + 1];
    const isShort = word.length > 1 && word.startsWith('-') && !word.startsWith('--');
    const expanded = word.startsWith('--')
      ? expandLong(word, next)
      : isShort
        ? expandShort(word, next)
        : undefined;
    words.push(...(expanded?.words ?? [word]));
    if (expanded?.usedNext) at += 1;
  }
  return words;
}
