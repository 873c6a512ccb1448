import { addressFamily } from '@piranha/common';
import { type HeartbeatPathConfig, MOST_PATHS } from '../path-model.js';
import { multicastGroup } from './builder-paths.js';
import { directorWords } from './derived.js';
import { printable } from './diagnostics.js';
import { type ParsedBlock, type Statement, statementOf } from './parsed.js';
import { headerPlace, type RuleInput, valuePlace } from './rules.js';
import { nearestWord } from './suggest.js';
import { NO_ADDRESS } from './values.js';

/** A path beside the block it came from. */
interface PathView {
  readonly path: HeartbeatPathConfig;
  readonly block: ParsedBlock;
  readonly addresses: readonly Statement[];
}

/** A beat has to fit into a packet. */
const NAME = /^[A-Za-z0-9._-]{1,15}$/;
/** The paths that lvs.cf has without blocks. */
const TAKEN_NAMES = ['public', 'private'];

function viewsOf({ configuration, parsed }: RuleInput): readonly PathView[] {
  const blocks = parsed.blocks.filter(({ level }) => level === 'heartbeat_path');
  return configuration.heartbeatPaths.flatMap((path, index) => {
    const block = blocks[index];
    if (block === undefined) return [];
    return [{ path, block, addresses: block.statements.filter(({ spec }) => spec.name === 'address') }];
  });
}

function nameRules({ findings }: RuleInput, views: readonly PathView[]): void {
  const lineOf = new Map<string, number>();
  for (const { path, block } of views) {
    const place = headerPlace(block);
    const shown = printable(path.name);
    const earlier = lineOf.get(path.name);
    lineOf.set(path.name, earlier ?? path.line);
    if (TAKEN_NAMES.includes(path.name)) {
      const text = `${path.name} is the name of a path that has its addresses outside of blocks`;
      findings.error('CF_PATH_NAME', place, text, 'give it another name');
    } else if (!NAME.test(path.name)) {
      const text = `'${shown}' cannot be the name of a heartbeat path`;
      findings.error('CF_PATH_NAME', place, text, '1 to 15 letters, digits, dots, hyphens and underscores');
    } else if (earlier !== undefined) {
      const text = `there is a heartbeat_path '${shown}' in line ${earlier} already`;
      findings.error('CF_PATH_NAME', place, text, 'put all its addresses into one block');
    }
  }
  const surplus = views[MOST_PATHS - TAKEN_NAMES.length];
  if (surplus === undefined) return;
  const text = `more than ${MOST_PATHS - TAKEN_NAMES.length} heartbeat_path blocks: a heartbeat tells of ${MOST_PATHS} paths`;
  findings.error('CF_PATH_LIMIT', headerPlace(surplus.block), text, 'delete this block and those below');
}

/** Who has which address: each director that lvs.cf has, once. */
function addressRules({ configuration, findings }: RuleInput, { path, block, addresses }: PathView): void {
  const words = directorWords(configuration);
  const lineOf = new Map<string, number>();
  for (const statement of addresses) {
    const { value } = statement;
    if (typeof value !== 'object' || !('address' in value)) continue;
    const shown = printable(value.device);
    const earlier = lineOf.get(value.device);
    lineOf.set(value.device, statement.lineIndex + 1);
    if (value.address === NO_ADDRESS) {
      const text = `invalid host name or ip address: ${NO_ADDRESS} is the address of no director`;
      findings.error('CF_BAD_ADDRESS', valuePlace(statement), text, 'write an address of the director');
    } else if (!words.includes(value.device)) {
      const meant = nearestWord(value.device, words);
      const hint = meant === undefined ? `there are ${words.join(', ')}` : `did you mean ${meant}?`;
      findings.error('CF_PATH_DIRECTOR', valuePlace(statement), `there is no director '${shown}'`, hint);
    } else if (earlier !== undefined) {
      const text = `director '${shown}' has an address on this path already, by line ${earlier}`;
      findings.error('CF_PATH_DIRECTOR', valuePlace(statement), text, 'delete one of the lines');
    }
  }
  const without = words.filter((word) => !lineOf.has(word));
  if (without.length > 0) {
    const text = `no address for ${without.map(printable).join(' and ')} on the heartbeat path '${printable(path.name)}'`;
    const hint = `write address = ADDRESS ${without[0]}`;
    findings.error('CF_PATH_ADDRESS', headerPlace(block), text, hint);
  }
}

function familyRules({ findings }: RuleInput, { path, block }: PathView): void {
  const statement = statementOf(block, 'multicast');
  const families = new Set(path.addresses.map(({ address }) => addressFamily(address)));
  if (families.size > 1) {
    const text = `the addresses on the heartbeat path '${printable(path.name)}' are IPv4 and IPv6`;
    findings.error('CF_PATH_FAMILIES', headerPlace(block), text, 'write addresses of one family');
  }
  if (statement === undefined || typeof statement.value !== 'string') return;
  const group = multicastGroup(statement.value);
  if (group === undefined) {
    const text = `'${printable(statement.value)}' is no multicast group`;
    const hint =
      'write one of 224.0.0.0 to 239.255.255.255, such as 239.77.5.39, or one that begins with ff02:';
    findings.error('CF_PATH_MULTICAST', valuePlace(statement), text, hint);
  } else if (families.size === 1 && !families.has(addressFamily(group))) {
    const text = `${group} is of another family than the addresses of this path`;
    findings.error('CF_PATH_MULTICAST', valuePlace(statement), text, 'write a group of their family');
  }
}

/** Two paths that are one would lie about how much may fail. */
function sameRules({ configuration, findings }: RuleInput, views: readonly PathView[]): void {
  const { primary, primaryPrivate, backup, backupPrivate, directors } = configuration;
  const ownerOf = new Map<string, string>();
  const claim = (what: string | undefined, name: string): string => {
    const owner = (what === undefined ? undefined : ownerOf.get(what)) ?? name;
    if (what !== undefined) ownerOf.set(what, owner);
    return owner;
  };
  for (const one of [primary, backup, ...directors.map(({ publicAddress }) => publicAddress)])
    claim(one, 'public');
  for (const one of [primaryPrivate, backupPrivate, ...directors.map(({ privateAddress }) => privateAddress)])
    claim(one, 'private');
  for (const { path, block, addresses } of views) {
    const group = statementOf(block, 'multicast');
    if (path.multicast !== undefined && group !== undefined) {
      const owner = claim(path.multicast, path.name);
      if (owner === path.name) continue;
      const text = `${path.multicast} is the group of the heartbeat path '${printable(owner)}' too`;
      findings.error('CF_PATH_SAME', valuePlace(group), text, 'write another group');
      continue;
    }
    for (const statement of addresses) {
      const { value } = statement;
      if (typeof value !== 'object' || !('address' in value)) continue;
      const owner = claim(value.address, path.name);
      if (owner === path.name) continue;
      const text = `${value.address} is an address of the heartbeat path '${printable(owner)}' too`;
      const hint = 'write an address of another network, or a multicast group for this path';
      findings.error('CF_PATH_SAME', valuePlace(statement), text, hint);
    }
  }
}

/** Rules about `heartbeat_path` blocks. */
export function checkPaths(input: RuleInput): void {
  const views = viewsOf(input);
  const [first] = views;
  if (first === undefined) return;
  nameRules(input, views);
  for (const view of views) {
    addressRules(input, view);
    familyRules(input, view);
  }
  sameRules(input, views);
  if (input.configuration.backupActive) return;
  const text = 'heartbeat_path has no effect without backup_active = 1';
  input.findings.warning('CF_PATH_UNUSED', headerPlace(first.block), text);
}
