import type { Note } from './notes.js';

/** One statement of a source, with the block behind it if there is one. */
export interface Statement {
  /** Name of the file it stands in. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Without quotes; never empty. */
  readonly words: readonly string[];
  /** Undefined for a statement without a block. */
  readonly children: readonly Statement[] | undefined;
}

/** Why a statement that begins with a word is not carried over. */
export type ReasonOf = (word: string) => string;

/** Looks reasons up in a table; `unknown` is the reason of all other words. */
export function reasonsFrom(table: Readonly<Record<string, string>>, unknown: string): ReasonOf {
  return (word) => (Object.hasOwn(table, word) ? (table[word] as string) : unknown);
}

/** What an importer knows of its source's directives, each by its first word. */
interface DirectiveTables {
  /** Those that a reader asks for, in the place where they belong. */
  readonly carried: Readonly<Record<string, string>>;
  /** Why the others are not carried over. */
  readonly notCarried: Readonly<Record<string, string>>;
  /** Why one that could be carried over was not asked for. */
  readonly misplaced: Readonly<Record<string, string>>;
}

/** Reasons from the tables of a source; `unknown` is that of words which stand in none of them. */
export function directiveReasons(
  { carried, notCarried, misplaced }: DirectiveTables,
  unknown: string,
): ReasonOf {
  const misplacedWords = Object.fromEntries(
    Object.keys(carried).map((word) => [word, 'it has no meaning in this place']),
  );
  return reasonsFrom({ ...misplacedWords, ...notCarried, ...misplaced }, unknown);
}

const TEXT_LIMIT = 160;
const SECRETS = new Set([
  'auth_pass',
  'password',
  'passwd',
  'secret',
  'key',
  'login',
  'stonith',
  'stonith_host',
]);

/** The words of a statement for people; what may be a secret is not shown. */
function statementText({ words }: Statement): string {
  const [first = '', ...rest] = words;
  if (SECRETS.has(first) && rest.length > 0) return `${first} ...`;
  const text = words.join(' ');
  return text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}...` : text;
}

/**
 * Keeps account of every statement: it is carried over, or there is a note about it. What nobody settled gets a note
 * at the end, so that nothing can be forgotten.
 */
export class Ledger {
  private readonly settled = new Set<Statement>();
  private readonly found: Note[] = [];
  /** One statement may stand for many servers, each of which lacks the same. */
  private readonly told = new Set<string>();

  private readonly files: string[];

  /** @param file the file that the import is of; others may be included */
  constructor(readonly file: string) {
    this.files = [file];
  }

  /** The statement is in the result with its meaning. */
  carried(statement: Statement): void {
    this.settled.add(statement);
  }

  /** The statement is not in the result, or with another meaning. */
  note(statement: Statement, reason: string): void {
    this.settled.add(statement);
    this.remark(statement, reason);
  }

  /** As note, for a statement that is still to be settled. */
  remark(statement: Statement, reason: string): void {
    const { file, line, column } = statement;
    if (!this.files.includes(file)) this.files.push(file);
    const key = `${file}:${line}:${column} ${reason}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.found.push({ file, line, column, text: statementText(statement), reason });
  }

  /** As note, for the statement and all that stands in its block. */
  noteAll(statement: Statement, reason: string): void {
    this.note(statement, reason);
    const inner = `it belongs to line ${statement.line}, which is not carried over`;
    for (const child of statement.children ?? []) this.noteInner(child, inner);
  }

  /** A note about the file as a whole. */
  noteFile(text: string, reason: string): void {
    this.found.push({ file: this.file, line: 0, text, reason });
  }

  /** Notes what nobody has settled, with the reason of its first word. */
  settle(statements: readonly Statement[], reasonOf: ReasonOf): void {
    for (const statement of statements) {
      if (this.settled.has(statement)) this.settle(statement.children ?? [], reasonOf);
      else this.noteAll(statement, reasonOf(statement.words[0] ?? ''));
    }
  }

  isSettled(statement: Statement): boolean {
    return this.settled.has(statement);
  }

  /** All notes in the order of files and lines. */
  notes(): readonly Note[] {
    const place = ({ file }: Note) => this.files.indexOf(file);
    return this.found.toSorted((a, b) => place(a) - place(b) || a.line - b.line);
  }

  private noteInner(statement: Statement, reason: string): void {
    this.note(statement, reason);
    for (const child of statement.children ?? []) this.noteInner(child, reason);
  }
}
