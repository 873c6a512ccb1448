import type { Ledger, Statement } from '../ledger.js';
import { linesOf } from '../limits.js';
import type { SourceText } from '../notes.js';

function wordsOf(file: string, line: number, text: string, offset: number): Statement[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({
    file,
    line,
    column: offset + match.index + 1,
    words: [match[0]],
    children: undefined,
  }));
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '');
}

/** Lines of an ha.cf, one statement each. */
export function readDirectives({ file, text }: SourceText): readonly Statement[] {
  return linesOf(file, text).flatMap((line, index) => {
    const words = wordsOf(file, index + 1, withoutComment(line), 0);
    const [first] = words;
    if (first === undefined) return [];
    return [{ ...first, words: words.flatMap((one) => one.words) }];
  });
}

/** Lines of a haresources file: a node, and its resources as children. A backslash at the end joins lines. */
export function readResources({ file, text }: SourceText): readonly Statement[] {
  const groups: Statement[] = [];
  let open: Statement[] = [];
  const close = () => {
    const [node, ...resources] = open;
    if (node) groups.push({ ...node, children: resources });
    open = [];
  };
  linesOf(file, text).forEach((line, index) => {
    const plain = withoutComment(line).trimEnd();
    const continued = plain.endsWith('\\');
    open.push(...wordsOf(file, index + 1, continued ? plain.slice(0, -1) : plain, 0));
    if (!continued) close();
  });
  close();
  return groups;
}

/** Carries every statement of a list over. */
export function carryAll(ledger: Ledger, statements: readonly Statement[]): void {
  for (const statement of statements) ledger.carried(statement);
}
