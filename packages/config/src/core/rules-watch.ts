import { addressFamily } from '@piranha/common';
import type { CheckSpec } from '../check-model.js';
import type { RealServerConfig, VirtualServerConfig } from '../model.js';
import type { WatchConfig } from '../watch-model.js';
import { checksOf } from './builder-checks.js';
import { type ParsedBlock, type Statement, statementOf } from './parsed.js';
import { type RuleInput, type VirtualView, valuePlace } from './rules.js';

/** Kinds of check blocks that connect nowhere. */
const NO_CONNECT: ReadonlySet<CheckSpec['kind']> = new Set(['udp', 'ping', 'program', 'file', 'fixed']);

/** Contradictions among the words that say how servers are watched. */

interface Finding {
  /** The word at fault. */
  readonly word: string;
  readonly code: string;
  readonly text: string;
  readonly hint: string;
}

interface Times {
  readonly watch: Partial<WatchConfig>;
  readonly timeoutMs: number;
  /** Limit of the steps of its check that are no connects: the longest where it has several. */
  readonly stepLimitMs: number;
  /** Absent where the check connects nowhere under the limit of `connect_timeout`. */
  readonly noConnect: { readonly what: string; readonly hint: string } | undefined;
}

function waitFindings({ watch, timeoutMs, stepLimitMs }: Times): readonly (Finding | undefined)[] {
  const intervalMs = watch.intervalMs ?? timeoutMs;
  const { fastIntervalMs = 0, connectTimeoutMs = 0, retryDelayMs, retries = 0 } = watch;
  return [
    fastIntervalMs > intervalMs
      ? {
          word: 'fast_interval',
          code: 'CF_FAST_INTERVAL_SLOW',
          text: `fast_interval = ${fastIntervalMs / 1000} is longer than the interval of ${intervalMs / 1000} s`,
          hint: 'it is the wait while a server changes its state: make it shorter than interval',
        }
      : undefined,
    connectTimeoutMs > stepLimitMs
      ? {
          word: 'connect_timeout',
          code: 'CF_CONNECT_TIMEOUT_LONG',
          text: `connect_timeout = ${connectTimeoutMs / 1000} is longer than timeout = ${stepLimitMs / 1000}, the limit of the other steps`,
          hint: 'make timeout as long, or connect_timeout shorter',
        }
      : undefined,
    retryDelayMs !== undefined && retries === 0
      ? {
          word: 'delay_before_retry',
          code: 'CF_RETRY_DELAY_UNUSED',
          text: 'delay_before_retry has no effect without retry',
          hint: 'write retry = 1 or more, or delete the line',
        }
      : undefined,
  ];
}

function meaningFindings({ watch, noConnect }: Times): readonly (Finding | undefined)[] {
  return [
    noConnect !== undefined && watch.connectTimeoutMs !== undefined
      ? {
          word: 'connect_timeout',
          code: 'CF_CONNECT_TIMEOUT_UNUSED',
          text: `connect_timeout has no effect on ${noConnect.what}`,
          hint: noConnect.hint,
        }
      : undefined,
  ];
}

function timesOf({ check }: VirtualServerConfig, server: RealServerConfig, watch: WatchConfig): Times {
  const timeoutMs = watch.timeoutMs ?? check.timeoutMs;
  const blocks = checksOf(check, server)?.specs;
  if (blocks === undefined) {
    const noConnect = { what: 'a send_program', hint: 'timeout limits the program; delete the line' };
    const runs = check.sendProgram !== undefined;
    return { watch, timeoutMs, stepLimitMs: timeoutMs, noConnect: runs ? noConnect : undefined };
  }
  const stepLimitMs = Math.max(...blocks.map((block) => block.timeoutMs ?? timeoutMs));
  const connects = blocks.some(
    ({ kind, connectTimeoutMs }) => connectTimeoutMs === undefined && !NO_CONNECT.has(kind),
  );
  const noConnect = { what: 'these check blocks', hint: 'they have limits of their own; delete the line' };
  return { watch, timeoutMs, stepLimitMs, noConnect: connects ? undefined : noConnect };
}

/** Tells each line once, however many servers share it. */
class Teller {
  private readonly told = new Set<string>();

  constructor(private readonly findings: RuleInput['findings']) {}

  warn(statement: Statement, { code, text, hint }: Omit<Finding, 'word'>): void {
    const key = `${code} ${statement.lineIndex}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.findings.warning(code, valuePlace(statement), text, hint);
  }
}

/** The statement that a server's value comes from. */
function sourceOf(server: ParsedBlock, virtual: ParsedBlock, word: string): Statement | undefined {
  return statementOf(server, word) ?? statementOf(virtual, word);
}

function reentryRule(teller: Teller, virtual: ParsedBlock, server: ParsedBlock): void {
  const reentry = sourceOf(server, virtual, 'reentry');
  if (reentry === undefined || sourceOf(server, virtual, 'rise') === undefined) return;
  teller.warn(reentry, {
    code: 'CF_REENTRY_UNUSED',
    text: 'reentry has no effect beside rise, which counts the good checks itself',
    hint: 'delete one of them',
  });
}

/** Rules about one active virtual server and its servers. */
export function watchRules({ findings }: RuleInput, { virtual, block, servers }: VirtualView): void {
  const teller = new Teller(findings);
  for (const { server, block: own } of servers) {
    if (!server.active) continue;
    reentryRule(teller, block, own);
    const { watch } = server;
    if (watch === undefined) continue;
    const times = timesOf(virtual, server, watch);
    for (const finding of [...waitFindings(times), ...meaningFindings(times)]) {
      const statement = finding && sourceOf(own, block, finding.word);
      if (finding && statement) teller.warn(statement, finding);
    }
    const address = sourceOf(own, block, 'check_address');
    if (
      address &&
      watch.checkAddress &&
      addressFamily(watch.checkAddress) !== addressFamily(server.address)
    ) {
      teller.warn(address, {
        code: 'CF_CHECK_ADDRESS_FAMILY',
        text: 'check_address is of another family than the real server: the check says nothing about the way that connections take',
        hint: 'write an address of the same family, unless that is meant',
      });
    }
  }
}
