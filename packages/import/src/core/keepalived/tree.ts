import type { Ledger, Statement } from '../ledger.js';
import { DEPTH_LIMIT, STATEMENT_LIMIT, tooLarge } from '../limits.js';
import { type Token, tokensOf } from './words.js';

interface OpenStatement extends Statement {
  words: string[];
  children: OpenStatement[] | undefined;
}

/** Reads the statements of a keepalived.conf: words up to the end of the line or a brace, blocks in braces. */
export class TreeReader {
  readonly top: OpenStatement[] = [];
  private readonly open: OpenStatement[] = [];
  /** Takes further words of its line. */
  private current: OpenStatement | undefined;
  private count = 0;

  constructor(private readonly ledger: Ledger) {}

  /**
   * Reads one line, or a part of a line.
   * @throws UserError `IMPORT_TOO_LARGE`
   */
  readLine(file: string, line: number, text: string): void {
    for (const token of tokensOf(text)) {
      if (token.kind === 'word') this.word(file, line, token);
      else if (token.kind === 'open') this.openBlock(file, line, token);
      else this.closeBlock(file, line, token);
    }
    this.current = undefined;
  }

  /** The statements read so far; a block that is still open gets a note. */
  finish(): readonly Statement[] {
    for (const block of this.open)
      this.ledger.remark(block, 'its block is not closed at the end of the file');
    return this.top;
  }

  private level(): OpenStatement[] {
    return this.open.at(-1)?.children ?? this.top;
  }

  private add(file: string, line: number, column: number, word: string): OpenStatement {
    this.count += 1;
    if (this.count > STATEMENT_LIMIT) throw tooLarge(file, `more than ${STATEMENT_LIMIT} statements`);
    const statement: OpenStatement = { file, line, column, words: [word], children: undefined };
    this.level().push(statement);
    return statement;
  }

  private word(file: string, line: number, { text, column }: Token): void {
    if (this.current) this.current.words.push(text);
    else this.current = this.add(file, line, column, text);
  }

  /** The brace belongs to the statement before it, on this line or an earlier one. */
  private openBlock(file: string, line: number, { column }: Token): void {
    const before = this.current ?? this.level().at(-1);
    const header =
      before === undefined || before.children !== undefined ? this.add(file, line, column, '{') : before;
    header.children = [];
    this.open.push(header);
    this.current = undefined;
    if (this.open.length > DEPTH_LIMIT) throw tooLarge(file, `line ${line}: too many blocks in blocks`);
  }

  private closeBlock(file: string, line: number, { column }: Token): void {
    this.current = undefined;
    if (this.open.pop() !== undefined) return;
    this.ledger.note({ file, line, column, words: ['}'], children: undefined }, 'it closes nothing');
  }
}
