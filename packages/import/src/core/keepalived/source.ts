import type { Ledger, Statement } from '../ledger.js';
import { linesOf } from '../limits.js';
import type { SourceText } from '../notes.js';
import { Definitions } from './definitions.js';
import { expandSequence } from './sequence.js';
import { TreeReader } from './tree.js';
import { tokensOf } from './words.js';

/**
 * The files that an `include` names, in their order, or the reason why there are none.
 * @param pattern as written
 * @param from name of the file that includes
 */
export type IncludeReader = (pattern: string, from: string) => readonly SourceText[] | string;

const INCLUDE_DEPTH_LIMIT = 10;
const INCLUDE_WORDS = ['include', 'includer', 'includem', 'includew', 'includeb', 'includea'];

/** Reads files line by line: includes, definitions and sequences are resolved before words are. */
class SourceReader {
  private readonly definitions = new Definitions();
  private readonly tree: TreeReader;

  constructor(
    private readonly ledger: Ledger,
    private readonly include: IncludeReader,
  ) {
    this.tree = new TreeReader(ledger);
  }

  /** @param stack names of the files that led to this one */
  read({ file, text }: SourceText, stack: readonly string[]): void {
    const lines = linesOf(file, text);
    for (let index = 0; index < lines.length; index += 1) {
      const line = index + 1;
      const last = endOfContinued(lines, index);
      if (last > index) {
        this.noteLine(
          file,
          line,
          lines[index] ?? '',
          `lines with \\ at their end are not read, to line ${last + 1}`,
        );
        index = last;
      } else this.readLine(file, line, lines[index] ?? '', stack);
    }
  }

  finish(): readonly Statement[] {
    return this.tree.finish();
  }

  private readLine(file: string, line: number, text: string, stack: readonly string[]): void {
    const [first, second] = tokensOf(text);
    if (first?.kind === 'word' && INCLUDE_WORDS.includes(first.text)) {
      this.readInclude(file, line, text, second?.text ?? '', stack);
      return;
    }
    if (first === undefined || this.definitions.define(text)) return;
    const applied = this.definitions.apply(text);
    // What cannot be expanded is read as it stands, so that its braces count; nobody knows its first word.
    for (const one of expandSequence(applied) ?? [applied]) {
      this.tree.readLine(file, line, this.definitions.apply(one));
    }
  }

  private readInclude(
    file: string,
    line: number,
    text: string,
    pattern: string,
    stack: readonly string[],
  ): void {
    const sources =
      stack.length < INCLUDE_DEPTH_LIMIT ? this.include(pattern, file) : 'too many files in files';
    if (typeof sources === 'string') {
      this.noteLine(file, line, text, sources);
      return;
    }
    for (const source of sources) {
      if ([...stack, file].includes(source.file))
        this.noteLine(file, line, text, `${source.file} includes itself`);
      else this.read(source, [...stack, file]);
    }
  }

  private noteLine(file: string, line: number, text: string, reason: string): void {
    const tokens = tokensOf(text);
    const words = tokens.map((token) => token.text);
    const [first = '?', ...rest] = words;
    this.ledger.note(
      { file, line, column: tokens[0]?.column ?? 1, words: [first, ...rest], children: undefined },
      reason,
    );
  }
}

/** Index of the last line of those that `\` at the end joins. */
function endOfContinued(lines: readonly string[], from: number): number {
  let index = from;
  while (index + 1 < lines.length && isContinued(lines[index] ?? '')) index += 1;
  return index;
}

function isContinued(line: string): boolean {
  return /\\\s*$/.test(line) && tokensOf(line).length > 0;
}

/**
 * The statements of a keepalived.conf and of what it includes, with their places. Never fails for what the words mean;
 * a brace too many or too few gets a note.
 * @throws UserError `IMPORT_TOO_LARGE`
 */
export function readKeepalived(
  source: SourceText,
  ledger: Ledger,
  include: IncludeReader,
): readonly Statement[] {
  const reader = new SourceReader(ledger, include);
  reader.read(source, []);
  return reader.finish();
}
