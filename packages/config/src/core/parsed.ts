import type { DeviceAddress } from '../model.js';
import type { Token } from './lexer.js';
import type { DirectiveSpec, Level } from './schema-types.js';

/** A value in the unit of the file: seconds stay seconds. */
export type DirectiveValue = number | boolean | string | DeviceAddress | readonly string[];

/** One `name = value` line. */
export interface Statement {
  readonly spec: DirectiveSpec;
  /** Undefined where it could not be read; an error says why. */
  readonly value: DirectiveValue | undefined;
  /** From 0. */
  readonly lineIndex: number;
  readonly nameToken: Token;
  readonly valueTokens: readonly Token[];
}

export interface ParsedBlock {
  readonly level: Exclude<Level, 'global'>;
  readonly name: string;
  /** Line of the header, from 0. */
  readonly lineIndex: number;
  /** Byte of the block's name in its line. */
  readonly nameIndex: number;
  /** Line of the closing brace, from 0; undefined where it is missing. */
  closeLineIndex: number | undefined;
  readonly statements: Statement[];
  readonly servers: ParsedBlock[];
  readonly checks: ParsedBlock[];
  /** Of a check block: what its word `kind` says, known or not. */
  readonly kind: string | undefined;
}

/** What a line is, for printing: the level it stands at, and the comment behind its words if any. */
export interface LineRole {
  readonly role: 'blank' | 'comment' | 'statement' | 'open' | 'close' | 'broken';
  /** Number of blocks around it. */
  readonly depth: number;
  /** Depth of a line put above this one: for a closing brace that of its block. */
  readonly depthAbove: number;
  /** Number of tokens before a trailing comment. */
  readonly tokenCount: number;
}

export interface ParsedFile {
  readonly statements: readonly Statement[];
  readonly blocks: readonly ParsedBlock[];
  /** One for each line of the tree. */
  readonly roles: readonly LineRole[];
}

interface HasStatements {
  readonly statements: readonly Statement[];
}

/** The statement of that name that counts: the last one. */
export function statementOf(block: HasStatements, name: string): Statement | undefined {
  return block.statements.findLast((statement) => statement.spec.name === name);
}
