import { MOST_DIRECTORS } from '../director-model.js';
import { printable } from './diagnostics.js';
import { type ParsedBlock, statementOf } from './parsed.js';
import { globalPlace, headerPlace, placeIn, type RuleInput, valuePlace } from './rules.js';

const NAME = /^[A-Za-z0-9._-]{1,63}$/;
const PAIR_WORDS = ['primary', 'primary_private', 'backup', 'backup_private', 'backup_active'];

function blocksOf({ parsed }: RuleInput): readonly ParsedBlock[] {
  return parsed.blocks.filter(({ level }) => level === 'director');
}

function pairWordRules({ parsed, findings }: RuleInput): void {
  for (const name of PAIR_WORDS) {
    const statement = statementOf(parsed, name);
    if (statement === undefined) continue;
    const text = `${name} beside director blocks: who the directors are is said twice`;
    const hint = `delete the line, or the director blocks`;
    const place = { lineIndex: statement.lineIndex, byteIndex: statement.nameToken.index };
    findings.error('CF_DIRECTORS_AND_PAIR', place, text, hint);
  }
}

function countRules({ findings }: RuleInput, blocks: readonly ParsedBlock[]): void {
  const [first] = blocks;
  const tooMuch = blocks[MOST_DIRECTORS];
  if (blocks.length === 1 && first !== undefined) {
    const text = 'one director block: there are two directors at least';
    const hint = 'write the others too; a lone director has primary = ADDRESS and no block';
    findings.error('CF_DIRECTORS_FEW', headerPlace(first), text, hint);
  }
  if (tooMuch !== undefined) {
    const text = `${blocks.length} directors: ${MOST_DIRECTORS} are allowed`;
    findings.error('CF_DIRECTORS_MANY', headerPlace(tooMuch), text, 'delete this block and those below');
  }
}

function nameRules({ findings }: RuleInput, blocks: readonly ParsedBlock[]): void {
  const lineOf = new Map<string, number>();
  for (const block of blocks) {
    const earlier = lineOf.get(block.name);
    if (!NAME.test(block.name)) {
      const text = `'${printable(block.name)}' cannot be the name of a director`;
      const hint = '1 to 63 letters, digits, dots, hyphens and underscores';
      findings.error('CF_DIRECTOR_NAME', headerPlace(block), text, hint);
    } else if (earlier !== undefined) {
      const text = `the director '${block.name}' stands in line ${earlier} already`;
      findings.error('CF_DIRECTOR_TWICE', headerPlace(block), text, 'each director has a name of its own');
    } else lineOf.set(block.name, block.lineIndex + 1);
  }
}

function addressRules({ configuration, findings }: RuleInput, blocks: readonly ParsedBlock[]): void {
  const ownerOf = new Map<string, string>();
  for (const [index, { name, publicAddress, privateAddress }] of configuration.directors.entries()) {
    const block = blocks[index];
    if (block === undefined) continue;
    for (const word of ['public', 'private']) {
      const statement = statementOf(block, word);
      if (statement?.value !== '0.0.0.0') continue;
      const text = `invalid host name or ip address: ${word} cannot be 0.0.0.0`;
      findings.error('CF_BAD_ADDRESS', valuePlace(statement), text, 'write an address of the director');
    }
    if (statementOf(block, 'public') === undefined) {
      const text = `director '${printable(name)}' has no public address`;
      findings.error('CF_DIRECTOR_ADDRESS', headerPlace(block), text, 'write public = ADDRESS');
    }
    for (const [word, address] of [
      ['public', publicAddress],
      ['private', privateAddress],
    ] as const) {
      if (address === undefined || statementOf(block, word) === undefined) continue;
      const owner = ownerOf.get(address);
      if (owner !== undefined && owner !== name) {
        const text = `${address} is an address of director '${owner}' too`;
        findings.error(
          'CF_DIRECTOR_TWICE',
          placeIn(block, word),
          text,
          'each director has its own addresses',
        );
      }
      ownerOf.set(address, name);
    }
  }
}

/** A second path that some directors have and others do not. */
function pathRules({ configuration, findings }: RuleInput, blocks: readonly ParsedBlock[]): void {
  const { directors } = configuration;
  const isWithout = directors.map(({ publicAddress, privateAddress }) => publicAddress === privateAddress);
  if (isWithout.every((one) => one)) return;
  for (const [index, { name }] of directors.entries()) {
    const block = blocks[index];
    if (block === undefined || isWithout[index] !== true) continue;
    const text = `director '${printable(name)}' has no second heartbeat path, but others have`;
    findings.warning('CF_DIRECTOR_ONE_PATH', headerPlace(block), text, 'write private = ADDRESS');
  }
}

/** What is only for a pair. */
function moreThanTwoRules({ configuration, parsed, findings }: RuleInput, third: ParsedBlock): void {
  const { heartbeatKey, fence, failback } = configuration;
  if (heartbeatKey === undefined && statementOf(parsed, 'heartbeat_key') === undefined) {
    const text = 'more than two directors need heartbeat_key: the 4-byte words do not say who speaks of what';
    const hint = 'make a key with lvsctl keygen and write heartbeat_key = FILE';
    findings.error('CF_DIRECTORS_KEY', headerPlace(third), text, hint);
  }
  if (fence !== undefined) {
    const text = 'fence_cmd is for two directors: with more it cannot know which one to turn off';
    const hint = 'delete the line; witnesses work with any number of directors';
    findings.error('CF_DIRECTORS_FENCE', globalPlace(parsed, 'fence_cmd'), text, hint);
  }
  const group = parsed.blocks.find(({ level }) => level === 'vip_group');
  if (group !== undefined) {
    const text = 'vip_group blocks are for two directors: with more all addresses move together';
    const hint = 'delete the block, or leave two director blocks';
    findings.error('CF_DIRECTORS_GROUPS', headerPlace(group), text, hint);
  }
  const adaptive = statementOf(parsed, 'adaptive');
  if (adaptive?.value === true) {
    const text = 'adaptive has no effect with more than two directors: deadtime counts';
    findings.warning('CF_DIRECTORS_ADAPTIVE', valuePlace(adaptive), text, 'delete the line');
  }
  const sync = statementOf(parsed, 'config_sync');
  if (sync?.value === true) {
    const text = 'config_sync has no effect with more than two directors: copy lvs.cf by other means';
    findings.warning(
      'CF_DIRECTORS_SYNC',
      valuePlace(sync),
      text,
      'write config_sync = 0, or delete the line',
    );
  }
  const back = statementOf(parsed, 'failback');
  if (back?.value !== undefined && failback !== 'none') {
    const [first] = configuration.directors;
    const text = `failback = ${failback} gives the addresses back to the first director alone, '${printable(first?.name ?? '')}'`;
    findings.warning(
      'CF_DIRECTORS_FAILBACK',
      valuePlace(back),
      text,
      'use lvsctl handover --to for another one',
    );
  }
}

/** Rules about `director` blocks. */
export function checkDirectors(input: RuleInput): void {
  const blocks = blocksOf(input);
  if (blocks.length === 0) return;
  pairWordRules(input);
  countRules(input, blocks);
  nameRules(input, blocks);
  addressRules(input, blocks);
  pathRules(input, blocks);
  const third = blocks[2];
  if (third !== undefined) moreThanTwoRules(input, third);
}
