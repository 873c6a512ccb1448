import {
  formatIpv4,
  formatIpv6,
  type OptionValues,
  parseDaemonArguments,
  parseIpv4,
  parseIpv6,
  UserError,
} from '@piranha/common';
import type { CheckSet } from '@piranha/config';
import type { CheckTarget } from '../check.js';
import type { LoopPolicy, Verdict } from '../core/check-loop.js';
import type { CheckOptions } from '../core/check-plan.js';
import { NANNY_OPTIONS, type NannyOptionName, normalizeArguments } from '../core/command-line.js';

/** The original's default interval, seconds. */
const DEFAULT_INTERVAL_SECONDS = 10;
const DEFAULT_REENTRY_SECONDS = 180;
const DEFAULT_PORT = 80;
const DEFAULT_RETRY_DELAY_SECONDS = 1;
const DEFAULT_AGENT_HOLD_SECONDS = 60;
const LEAST_AGENT_INTERVAL_MS = 1_000;
/** Shorter waits make a storm, ms. */
const SHORTEST_WAIT_MS = 10;
/** 24 days: longer timers overflow. */
const SECONDS_LIMIT = 2_000_000;

/** A nanny's command line, read and checked. */
export interface NannyOptions {
  readonly check: CheckOptions;
  readonly virtualAddress: string;
  /** 0 = the service is not keyed by a mark. */
  readonly firewallMark: number;
  /** The real service, which the check may reach elsewhere. */
  readonly server: CheckTarget;
  readonly reentryMs: number;
  readonly watch: WatchOptions;
  /** Undefined without an agent. */
  readonly agent: AgentOptions | undefined;
  /** Load monitor that was asked for; undefined for `none`. */
  readonly loadCommand: string | undefined;
  readonly verbose: boolean;
  /** One check, told in JSON; then the process ends. */
  readonly probe: boolean;
}

/** Words beyond the original's; undefined where they are not given. */
type WatchOptions = Pick<
  LoopPolicy,
  'rise' | 'fall' | 'fastIntervalMs' | 'downIntervalMs' | 'retries' | 'retryDelayMs'
> & {
  readonly intervalMs: number | undefined;
  readonly initialState: Verdict;
  readonly warmupMs: number;
};

interface AgentOptions {
  readonly port: number;
  /** Its page, where it is asked by HTTP. */
  readonly path?: string;
  readonly intervalMs: number;
  readonly number: 'idle' | 'load';
  /** A `down` of an agent that is silent counts for so long, ms. */
  readonly holdMs: number;
}

/** `shared`: which one of lvsd's shared nannies; what it watches comes over lvsd's socket. */
export type CommandLine = NannyOptions | { readonly shared: number } | 'help' | 'version';

function bad(word: string, reason: string): UserError {
  return new UserError(`nanny: bad argument ${word}: ${reason}`, {
    code: 'ARGUMENT_BAD',
    hint: 'nanny --help lists the options',
  });
}

class Values {
  constructor(private readonly values: OptionValues) {}

  flag(name: NannyOptionName): boolean {
    return this.values[name] === true;
  }

  /** undefined for an absent option and for an empty text, which means the same. */
  text(name: NannyOptionName): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  integer(name: NannyOptionName, otherwise: number, min: number, max: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw bad(`--${name}`, `a whole number from ${min} to ${max} is expected, not '${text}'`);
  }

  /** Seconds with fractions, as ms. */
  seconds(name: NannyOptionName, otherwise: number, minMs: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise * 1_000;
    const ms = /^\d*\.?\d+$|^\d+\.$/.test(text) ? Math.round(Number(text) * 1_000) : Number.NaN;
    if (ms >= minMs && ms <= SECONDS_LIMIT * 1_000) return ms;
    throw bad(`--${name}`, `seconds from ${minMs / 1_000} to ${SECONDS_LIMIT} are expected, not '${text}'`);
  }

  /** As integer and seconds, undefined for an absent option. */
  optionalInteger(name: NannyOptionName, min: number, max: number): number | undefined {
    return this.text(name) === undefined ? undefined : this.integer(name, 0, min, max);
  }

  optionalSeconds(name: NannyOptionName, minMs: number): number | undefined {
    return this.text(name) === undefined ? undefined : this.seconds(name, 0, minMs);
  }

  state(name: NannyOptionName): Verdict {
    const text = this.text(name) ?? 'unknown';
    if (text === 'up' || text === 'down' || text === 'unknown') return text;
    throw bad(`--${name}`, `up, down or unknown is expected, not '${text}'`);
  }

  /** @throws UserError `NANNY_BAD_ADDRESS` */
  address(name: NannyOptionName): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const address = parseIpv4(text);
    if (address !== undefined) return formatIpv4(address);
    const groups = parseIpv6(text);
    if (groups !== undefined) return formatIpv6(groups);
    throw new UserError(`nanny: bad IP address -- ${text}`, {
      code: 'NANNY_BAD_ADDRESS',
      hint: `--${name} takes a dotted IPv4 address or an IPv6 address`,
    });
  }
}

function requireService(values: Values): void {
  if (values.flag('fos')) {
    throw new UserError('nanny: failover services (--fos) are not supported', {
      code: 'NANNY_FOS_UNSUPPORTED',
      hint: 'use --lvs; for failover without load balancing use a virtual block with one server and a sorry_server',
    });
  }
  if (values.flag('lvs')) return;
  throw new UserError('nanny: unknown service type', {
    code: 'NANNY_NO_SERVICE_TYPE',
    hint: 'add --lvs',
  });
}

function requireServer(values: Values): string {
  const address = values.address('server');
  if (address !== undefined) return address;
  throw new UserError('nanny: No address supplied...', {
    code: 'NANNY_NO_ADDRESS',
    hint: 'name the real server with -h',
  });
}

/** @throws UserError `NANNY_CHECKS_BAD` for what lvsd would never write */
function readChecks(text: string | undefined): CheckSet | undefined {
  if (text === undefined || text === '') return undefined;
  let read: Partial<CheckSet>;
  try {
    read = JSON.parse(text);
  } catch {
    read = {};
  }
  const { require, specs } = read;
  const sound = (require === 'all' || require === 'any') && Array.isArray(specs) && specs.length > 0;
  if (sound) return { require, specs };
  throw new UserError('nanny: bad checks in the environment', {
    code: 'NANNY_CHECKS_BAD',
    hint: 'lvsd --test-start prints nannies with their checks',
  });
}

function watchOptions(values: Values): WatchOptions {
  return {
    rise: values.optionalInteger('rise', 1, 1_000),
    fall: values.optionalInteger('fall', 1, 1_000),
    intervalMs: values.optionalSeconds('check-interval', SHORTEST_WAIT_MS),
    fastIntervalMs: values.optionalSeconds('fast-interval', SHORTEST_WAIT_MS),
    downIntervalMs: values.optionalSeconds('down-interval', SHORTEST_WAIT_MS),
    retries: values.optionalInteger('retry', 0, 100),
    retryDelayMs: values.seconds('retry-delay', DEFAULT_RETRY_DELAY_SECONDS, 0),
    initialState: values.state('initial-state'),
    warmupMs: values.seconds('warmup', 0, 0),
  };
}

function agentOptions(values: Values, intervalMs: number): AgentOptions | undefined {
  const text = values.text('agent');
  if (text === undefined) return undefined;
  const [, line, page, path] = /^(?:tcp:(\d{1,5})|http:(\d{1,5})(\/[\x21-\x7e]*))$/.exec(text) ?? [];
  const port = Number(line ?? page ?? 0);
  if (port < 1 || port > 65_535)
    throw bad('--agent', `tcp:PORT or http:PORT/PATH is expected, not '${text}'`);
  const number = values.text('agent-number') ?? (path === undefined ? 'idle' : 'load');
  if (number !== 'idle' && number !== 'load')
    throw bad('--agent-number', `idle or load is expected, not '${number}'`);
  const own = values.optionalSeconds('agent-interval', SHORTEST_WAIT_MS);
  return {
    port,
    ...(path === undefined ? {} : { path }),
    intervalMs: own ?? Math.max(intervalMs, LEAST_AGENT_INTERVAL_MS),
    number,
    holdMs: values.seconds('agent-hold', DEFAULT_AGENT_HOLD_SECONDS, 0),
  };
}

/**
 * Reads a nanny's command line.
 * @param checksText JSON of its check blocks, as lvsd gives it; absent or empty = none
 * @throws UserError with the original's text where it had one
 */
export function readCommandLine(args: readonly string[], checksText?: string): CommandLine {
  const values = new Values(parseDaemonArguments('nanny', normalizeArguments(args), NANNY_OPTIONS));
  if (values.flag('help')) return 'help';
  if (values.flag('version')) return 'version';
  if (values.text('shared') !== undefined) return { shared: values.integer('shared', 0, 1, 1_000) };
  const address = requireServer(values);
  requireService(values);
  // 0 stands for a service on every port. Nothing can be connected to there, but a program may check it.
  const virtualPort = values.integer('port', DEFAULT_PORT, 0, 65_535);
  const checks = readChecks(checksText);
  const hasProgram = values.text('send_program') !== undefined;
  const checkPort = values.optionalInteger('check-port', 1, 65_535);
  // A check block may ask another port than the server's, or none.
  const needsPort = !hasProgram && checkPort === undefined && checks === undefined;
  const port = values.integer('rport', virtualPort, needsPort ? 1 : 0, 65_535);
  // lvsd uses the weight, nobody the scale; but a wrong word must not pass unseen.
  values.integer('weight', 1, 0, 2 ** 31);
  values.integer('scale', 10, 0, 2 ** 31);
  const loadCommand = values.text('loadcmd');
  const watch = watchOptions(values);
  const intervalMs = values.seconds('interval', DEFAULT_INTERVAL_SECONDS, SHORTEST_WAIT_MS);
  return {
    check: {
      target: { address: values.address('check-address') ?? address, port: checkPort ?? port },
      virtualPort,
      virtualAddress: values.address('virtaddress') ?? '0.0.0.0',
      udp: values.flag('udp'),
      send: values.text('send_string'),
      expect: values.text('expect_string'),
      useRegex: values.flag('regex'),
      sendProgram: values.text('send_program'),
      literalBackslashes: values.flag('suppress'),
      intervalMs,
      connectTimeoutMs: values.optionalSeconds('connect-timeout', SHORTEST_WAIT_MS),
      checks,
    },
    virtualAddress: values.address('virtaddress') ?? '0.0.0.0',
    firewallMark: values.integer('fwmark', 0, 0, 0xffff_ffff),
    server: { address, port },
    watch,
    agent: agentOptions(values, watch.intervalMs ?? intervalMs),
    reentryMs: values.seconds('reentrytime', DEFAULT_REENTRY_SECONDS, 0),
    loadCommand: loadCommand === 'none' ? undefined : loadCommand,
    verbose: values.flag('verbose'),
    probe: values.flag('probe'),
  };
}
