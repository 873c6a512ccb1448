import type { WitnessTarget } from '../witness-model.js';
import { directorAddresses } from './derived.js';
import type { Place } from './diagnostics.js';
import { natRoutersOf } from './groups.js';
import { statementOf } from './parsed.js';
import { globalPlace, type RuleInput, valuePlace } from './rules.js';

const MOST_WITNESSES = 8;

/** The place of a witness within its line: that of the word with its target, for the words may stand in any quotes. */
function placeOf({ parsed }: RuleInput, target: WitnessTarget): Place {
  const statement = statementOf(parsed, 'witness');
  const word = target.name.split(' ')[1] ?? '';
  const token = statement?.valueTokens.find(({ value }) => value.split(/[\s,]+/).includes(word));
  if (statement === undefined || token === undefined) return globalPlace(parsed, 'witness');
  return { lineIndex: statement.lineIndex, byteIndex: token.index };
}

/** What each address is that moves or fails together with a director. */
function takenAddresses({ configuration }: RuleInput): ReadonlyMap<string, readonly [string, string]> {
  const directors = directorAddresses(configuration);
  const floating = [
    ...natRoutersOf(configuration),
    ...configuration.virtualServers.map(({ address }) => address),
  ];
  const taken = new Map<string, readonly [code: string, what: string]>();
  for (const one of floating) {
    if (one) taken.set(one.address, ['CF_WITNESS_VIP', 'an address that the directors share']);
  }
  for (const one of directors) {
    taken.set(one, ['CF_WITNESS_DIRECTOR', 'an address of a director']);
  }
  return taken;
}

/** A pair on one machine, as for a trial, has its third host there too. */
function isLoopback(address: string | undefined): boolean {
  return address?.startsWith('127.') === true;
}

function targetRules(input: RuleInput): void {
  const { configuration, parsed, findings } = input;
  const { targets } = configuration.witness;
  const taken = takenAddresses(input);
  const seen = new Set<string>();
  for (const target of targets) {
    const [code, what] = taken.get(target.address) ?? [];
    if (code !== undefined) {
      const text = `the witness ${target.name} is ${what}: it proves nothing about the world`;
      findings.error(code, placeOf(input, target), text, 'name a host that is neither director nor VIP');
    }
    if (isLoopback(target.address) && !isLoopback(configuration.primary)) {
      const text = `${target.address} is no address of another machine`;
      findings.error('CF_WITNESS_FORM', placeOf(input, target), text, 'write the address of a third host');
    }
    const key = JSON.stringify({ ...target, name: '' });
    if (seen.has(key)) {
      const text = `the witness ${target.name} stands twice`;
      findings.error('CF_WITNESS_TWICE', placeOf(input, target), text, 'each witness counts once');
    }
    seen.add(key);
  }
  if (targets.length <= MOST_WITNESSES) return;
  const text = `${targets.length} witnesses: ${MOST_WITNESSES} are allowed`;
  findings.error('CF_WITNESS_MANY', globalPlace(parsed, 'witness'), text, 'three are plenty');
}

function quorumRules({ configuration, parsed, findings }: RuleInput): void {
  const { targets, quorum, policy } = configuration.witness;
  if (targets.length === 0) return;
  const place = globalPlace(parsed, statementOf(parsed, 'witness_quorum') ? 'witness_quorum' : 'witness');
  if (quorum > targets.length) {
    const text = `witness_quorum = ${quorum} is never reached: there ${targets.length === 1 ? 'is 1 witness' : `are ${targets.length} witnesses`}`;
    findings.error('CF_WITNESS_QUORUM', place, text, 'write a number that is not larger');
  } else if (policy === 'require' && quorum * 2 <= targets.length) {
    const text = `witness_quorum = ${quorum} of ${targets.length}: after a cut each director may have witnesses of its own, and both would serve`;
    const hint = `write witness_quorum = ${Math.floor(targets.length / 2) + 1}, or witnesses that no cut can part`;
    findings.warning('CF_WITNESS_HALVES', place, text, hint);
  }
}

function delayRule({ configuration, parsed, findings }: RuleInput): void {
  const { targets, policy, takeAfterMs, holdLimitMs } = configuration.witness;
  if (targets.length === 0 || policy !== 'require' || takeAfterMs <= configuration.deadtimeMs) return;
  const text = `a takeover waits for ${takeAfterMs / 1000} s of silence, longer than deadtime: a director that is cut off keeps the addresses for up to ${holdLimitMs / 1000} s`;
  const place = globalPlace(
    parsed,
    statementOf(parsed, 'witness_interval') ? 'witness_interval' : 'deadtime',
  );
  const hint =
    'four questions to a witness must fit into deadtime less keepalive: make witness_interval shorter, or deadtime longer';
  findings.warning('CF_WITNESS_DELAY', place, text, hint);
}

const WITNESS_WORDS = ['witness_policy', 'witness_quorum', 'witness_interval'];
const FENCE_WORDS = ['fence_timeout', 'fence_failure'];

function unusedRules({ configuration, parsed, findings }: RuleInput): void {
  const { witness, fence, backupActive } = configuration;
  const unused = (code: string, names: readonly string[], why: string): void => {
    for (const name of names) {
      const statement = statementOf(parsed, name);
      if (statement) findings.warning(code, valuePlace(statement), `${name} has no effect without ${why}`);
    }
  };
  // A witness that could not be read has its error.
  if (!statementOf(parsed, 'witness')) unused('CF_WITNESS_UNUSED', WITNESS_WORDS, 'witness');
  else if (!backupActive && witness.targets.length > 0) {
    unused('CF_WITNESS_UNUSED', ['witness'], 'backup_active = 1');
  }
  if (!statementOf(parsed, 'fence_cmd')) unused('CF_FENCE_UNUSED', FENCE_WORDS, 'fence_cmd');
  else if (!backupActive && fence) unused('CF_FENCE_UNUSED', ['fence_cmd'], 'backup_active = 1');
}

function fenceRules({ configuration, parsed, findings }: RuleInput): void {
  const { fence } = configuration;
  if (fence === undefined || fence.command.startsWith('/')) return;
  const text = `fence_cmd needs the whole path of its program`;
  findings.error('CF_FENCE_PATH', globalPlace(parsed, 'fence_cmd'), text, 'write it from the / on');
}

/** Rules about witnesses and the fence command. */
export function checkSplitBrain(input: RuleInput): void {
  targetRules(input);
  quorumRules(input);
  delayRule(input);
  fenceRules(input);
  unusedRules(input);
}
