import type { Ledger, Statement } from '../ledger.js';
import { linesOf, STATEMENT_LIMIT, tooLarge } from '../limits.js';

const INDENTATION = 4;

/** The text without a comment; what stands in quotes is no comment, unless they are not closed. */
function withoutComment(text: string): string {
  let at = 0;
  while (at < text.length && text[at] !== '#') {
    const close = text[at] === '"' ? text.indexOf('"', at + 1) : -1;
    at = close < 0 ? at + 1 : close + 1;
  }
  return text.slice(0, at).trimEnd();
}

/** `name = value` as two words; a line without `=` is one word. */
function wordsOf(text: string): readonly string[] {
  const at = text.indexOf('=');
  if (at < 0) return [text];
  return [text.slice(0, at).trimEnd() || '=', text.slice(at + 1).trimStart()];
}

interface OpenStatement extends Statement {
  children: Statement[] | undefined;
}

/**
 * The statements of an ldirectord.cf: those at the margin, and behind each `virtual` its lines with four blanks or a
 * tab in front, up to the first line without.
 * @throws UserError `IMPORT_TOO_LARGE`
 */
export function readLdirectord(file: string, text: string, ledger: Ledger): readonly Statement[] {
  const top: OpenStatement[] = [];
  let block: OpenStatement | undefined;
  let count = 0;
  linesOf(file, text).forEach((whole, index) => {
    if (/^\s*#/.test(whole)) return;
    const trimmed = withoutComment(whole);
    const indentation = /^\s*/.exec(whole)?.[0].replaceAll('\t', '    ').length ?? 0;
    const words = wordsOf(trimmed.trim());
    const column = (/^\s*/.exec(whole)?.[0].length ?? 0) + 1;
    const statement: OpenStatement = { file, line: index + 1, column, words, children: undefined };
    if (trimmed.trim() === '') {
      block = undefined;
      return;
    }
    count += 1;
    if (count > STATEMENT_LIMIT) throw tooLarge(file, `more than ${STATEMENT_LIMIT} statements`);
    if (block?.children && indentation >= INDENTATION) {
      block.children.push(statement);
      return;
    }
    block = undefined;
    top.push(statement);
    if (indentation > 0) {
      const reason =
        'it belongs to no virtual: four blanks or a tab in front, and no empty line before it, would make it so';
      ledger.note(statement, reason);
    } else if (/^virtual6?$/.test(words[0] ?? '')) {
      statement.children = [];
      block = statement;
    }
  });
  return top;
}

/** The value without the double quotes that some words want; undefined where they are missing. */
export function unquoted({ words }: Statement): string | undefined {
  return /^"(.*)"$/.exec(words[1] ?? '')?.[1];
}

/** The value, with or without quotes. */
export function plainValue(statement: Statement): string {
  return unquoted(statement) ?? statement.words[1] ?? '';
}
