import type { Ledger, Statement } from './ledger.js';

interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
  /** Whole numbers only. */
  readonly whole?: true;
}

/** The statements of one block, asked for by their first words: those of `Word`, which the tables of directives know. */
export class Scope<Word extends string = string> {
  constructor(
    readonly ledger: Ledger,
    readonly statements: readonly Statement[],
  ) {}

  /** All statements that begin with one of the words and are not settled yet. */
  all(...names: readonly Word[]): Statement[] {
    return this.statements.filter(
      (statement) =>
        (names as readonly string[]).includes(statement.words[0] ?? '') && !this.ledger.isSettled(statement),
    );
  }

  /** The statement that counts, the last one; the others get a note. Settling it is up to the caller. */
  last(...names: readonly Word[]): Statement | undefined {
    const found = this.all(...names);
    const last = found.pop();
    for (const earlier of found)
      this.ledger.noteAll(earlier, `line ${last?.line} says it again; the last one counts`);
    return last;
  }

  /** True where the word stands, alone or with an affirmative. */
  flag(name: Word): Statement | undefined {
    const statement = this.last(name);
    if (statement === undefined) return undefined;
    const value = statement.words[1];
    if (value === undefined || /^(on|true|yes)$/i.test(value)) return statement;
    if (/^(off|false|no)$/i.test(value)) this.ledger.carried(statement);
    else this.ledger.note(statement, `'${value}' is neither on nor off`);
    return undefined;
  }

  /** The second word of a statement, carried over where it fits; else a note with the reason. */
  text(name: Word, fits: (text: string) => boolean, reason: string): string | undefined {
    const statement = this.last(name);
    const text = statement?.words[1] ?? '';
    if (statement === undefined) return undefined;
    if (!fits(text)) {
      this.ledger.note(statement, reason);
      return undefined;
    }
    this.ledger.carried(statement);
    return text;
  }

  /** The number behind the word, carried over unless told otherwise later; a bad one gets a note. */
  number(name: Word | readonly Word[], range: NumberRange): Read<number> | undefined {
    const names = typeof name === 'string' ? [name] : name;
    const statement = this.last(...names);
    return statement === undefined ? undefined : readNumber(this.ledger, statement, range);
  }
}

/** A value with the statement it came from. */
export interface Read<T> {
  readonly value: T;
  readonly statement: Statement;
}

/** The number that is the second word of a statement; undefined with a note for a bad one. */
export function readNumber(
  ledger: Ledger,
  statement: Statement,
  { minimum, maximum, whole }: NumberRange,
): Read<number> | undefined {
  const text = statement.words[1] ?? '';
  const value = /^[+-]?\d+(\.\d*)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum && value <= maximum) || (whole && !Number.isInteger(value))) {
    ledger.note(statement, `'${text}' is no ${whole ? 'whole ' : ''}number from ${minimum} to ${maximum}`);
    return undefined;
  }
  ledger.carried(statement);
  for (const extra of statement.words.slice(2)) ledger.note(statement, `'${extra}' is not understood here`);
  return { value, statement };
}
