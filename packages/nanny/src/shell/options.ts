import {
  formatIpv4,
  formatIpv6,
  type OptionValues,
  parseDaemonArguments,
  parseIpv4,
  parseIpv6,
  UserError,
} from '@piranha/common';
import type { CheckOptions } from '../core/check-plan.js';
import { NANNY_OPTIONS, type NannyOptionName, normalizeArguments } from '../core/command-line.js';

/** The original's default interval, seconds. */
const DEFAULT_INTERVAL_SECONDS = 10;
const DEFAULT_REENTRY_SECONDS = 180;
const DEFAULT_PORT = 80;
/** 24 days: longer timers overflow. */
const SECONDS_LIMIT = 2_000_000;

/** A nanny's command line, read and checked. */
export interface NannyOptions {
  readonly check: CheckOptions;
  readonly virtualAddress: string;
  /** 0 = the service is not keyed by a mark. */
  readonly firewallMark: number;
  readonly reentryMs: number;
  /** Load monitor that was asked for; undefined for `none`. */
  readonly loadCommand: string | undefined;
  readonly verbose: boolean;
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

/**
 * Reads a nanny's command line.
 * @throws UserError with the original's text where it had one
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const values = new Values(parseDaemonArguments('nanny', normalizeArguments(args), NANNY_OPTIONS));
  if (values.flag('help')) return 'help';
  if (values.flag('version')) return 'version';
  if (values.text('shared') !== undefined) return { shared: values.integer('shared', 0, 1, 1_000) };
  const address = requireServer(values);
  requireService(values);
  // 0 stands for a service on every port. Nothing can be connected to there, but a program may check it.
  const virtualPort = values.integer('port', DEFAULT_PORT, 0, 65_535);
  const hasProgram = values.text('send_program') !== undefined;
  const port = values.integer('rport', virtualPort, hasProgram ? 0 : 1, 65_535);
  // lvsd uses the weight, nobody the scale; but a wrong word must not pass unseen.
  values.integer('weight', 1, 0, 2 ** 31);
  values.integer('scale', 10, 0, 2 ** 31);
  const loadCommand = values.text('loadcmd');
  return {
    check: {
      target: { address, port },
      virtualPort,
      udp: values.flag('udp'),
      send: values.text('send_string'),
      expect: values.text('expect_string'),
      useRegex: values.flag('regex'),
      sendProgram: values.text('send_program'),
      literalBackslashes: values.flag('suppress'),
      intervalMs: values.seconds('interval', DEFAULT_INTERVAL_SECONDS, 10),
    },
    virtualAddress: values.address('virtaddress') ?? '0.0.0.0',
    firewallMark: values.integer('fwmark', 0, 0, 0xffff_ffff),
    reentryMs: values.seconds('reentrytime', DEFAULT_REENTRY_SECONDS, 0),
    loadCommand: loadCommand === 'none' ? undefined : loadCommand,
    verbose: values.flag('verbose'),
  };
}
