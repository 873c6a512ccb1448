import type { DeviceAddress } from '../model.js';
import { type DirectiveValue, type ParsedBlock, type ParsedFile, statementOf } from './parsed.js';
import { directivesAt } from './schema.js';
import type { DirectiveSpec, Level } from './schema-types.js';

/** Counts as no address. */
export const NO_ADDRESS = '0.0.0.0';

/** Reads values of one level, or by a table of words, with the defaults filled in. */
export class Values {
  private readonly table: ReadonlyMap<string, DirectiveSpec>;
  private readonly block: Pick<ParsedBlock, 'statements'>;

  constructor(words: Level | ReadonlyMap<string, DirectiveSpec>, block: Pick<ParsedFile, 'statements'>) {
    this.table = typeof words === 'string' ? directivesAt(words) : words;
    this.block = { statements: [...block.statements] };
  }

  value(name: string): DirectiveValue | undefined {
    return statementOf(this.block, name)?.value ?? this.table.get(name)?.default;
  }

  number(name: string): number {
    const value = this.value(name);
    return typeof value === 'number' ? value : 0;
  }

  milliseconds(name: string): number {
    return Math.round(this.number(name) * 1000);
  }

  flag(name: string): boolean {
    return this.value(name) === true;
  }

  /** A number without a default: undefined where it is absent. */
  optionalNumber(name: string): number | undefined {
    const value = this.value(name);
    return typeof value === 'number' ? value : undefined;
  }

  /** A boolean whose default depends on other words. */
  flagOr(name: string, otherwise: boolean): boolean {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : otherwise;
  }

  /** One of a few words; `otherwise` where none of them is given. */
  choice<Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word {
    const value = this.value(name);
    return words.find((word) => word === value) ?? otherwise;
  }

  words(name: string): readonly string[] {
    const value = this.value(name);
    return Array.isArray(value) ? value : [];
  }

  /** Every text of a word that may stand more than once, in the order of the file. */
  every(name: string): readonly string[] {
    return this.block.statements.flatMap(({ spec, value }) =>
      spec.name === name && typeof value === 'string' ? [value] : [],
    );
  }

  /** Text as it stands, empty text included. */
  literal(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Text; empty text counts as absent. */
  text(name: string): string | undefined {
    return this.literal(name) || undefined;
  }

  /** Text of a directive that has a default. */
  word(name: string): string {
    return this.text(name) ?? String(this.table.get(name)?.default ?? '');
  }

  /** Address or mask; 0.0.0.0 counts as absent. */
  address(name: string): string | undefined {
    const address = this.text(name);
    return address === NO_ADDRESS ? undefined : address;
  }

  deviceAddress(name: string): DeviceAddress | undefined {
    const value = this.value(name);
    if (typeof value !== 'object' || !('address' in value)) return undefined;
    return value.address === NO_ADDRESS ? undefined : value;
  }
}
