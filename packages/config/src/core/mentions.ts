import type { Mention } from '../mention-model.js';
import { columnOf } from './bytes.js';
import { wordsOfKind } from './check-kinds/registry.js';
import type { SourceLine } from './lexer.js';
import { type ParsedBlock, type ParsedFile, type Statement, statementOf } from './parsed.js';
import { valuePlace } from './rules.js';
import { Values } from './values.js';

/** What the words of a check block name. */
const CHECK_WORDS: Readonly<Record<string, Mention['kind']>> = {
  regex: 'regex',
  ca_file: 'certificates',
  headers_file: 'headers',
  password_file: 'password',
  program: 'check program',
};

type Found = readonly [kind: Mention['kind'], statement: Statement | undefined];

function ofCheck(block: ParsedBlock): Found[] {
  const values = new Values(wordsOfKind(block.kind), block);
  return Object.entries(CHECK_WORDS).flatMap(([word, kind]): Found[] => {
    if (kind === 'certificates' && values.word('verify') === 'none') return [];
    return [[kind, statementOf(block, word)]];
  });
}

/** The original's words count where no check block stands. */
function ofClassic(block: ParsedBlock): Found[] {
  const values = new Values('virtual', block);
  if (values.text('send_program') !== undefined)
    return [['check program', statementOf(block, 'send_program')]];
  return values.flag('use_regex') ? [['expect', statementOf(block, 'expect')]] : [];
}

function ofVirtual(block: ParsedBlock): Found[] {
  if (!new Values('virtual', block).flag('active')) return [];
  const servers = block.servers.filter((server) => new Values('server', server).flag('active'));
  const usesOwn = servers.some((server) => server.checks.length === 0);
  const checks = [...(usesOwn ? block.checks : []), ...servers.flatMap((server) => server.checks)];
  return [
    ['quorum program', statementOf(block, 'quorum_up')],
    ['quorum program', statementOf(block, 'quorum_down')],
    ...(block.checks.length === 0 && usesOwn ? ofClassic(block) : []),
    ...checks.flatMap(ofCheck),
  ];
}

/** What the active services of a file name, in its order. */
export function mentionsOf(parsed: ParsedFile, lines: readonly SourceLine[]): Mention[] {
  const virtuals = parsed.blocks.filter(({ level }) => level === 'virtual');
  const mentions = virtuals.flatMap(ofVirtual).flatMap(([kind, statement]): Mention[] => {
    const value = statement?.value;
    if (statement === undefined || typeof value !== 'string' || value === '') return [];
    const { lineIndex, byteIndex } = valuePlace(statement);
    const column = columnOf(lines[lineIndex]?.text ?? '', byteIndex);
    return [{ kind, word: statement.spec.name, value, line: lineIndex + 1, column }];
  });
  return mentions.sort((one, other) => one.line - other.line);
}
