import type { LoadResult } from '../model.js';
import { buildConfiguration } from './builder.js';
import { Findings } from './diagnostics.js';
import { deactivateIgnored, findIgnoredBlocks } from './duplicates.js';
import type { ParsedFile } from './parsed.js';
import { parseStatements } from './parser.js';
import { type LvsCfTree, parseTree } from './tree.js';
import { validate } from './validator.js';
import { isHostName, type NameTables } from './value-readers.js';
import { WELL_KNOWN_PORTS } from './well-known-ports.js';

/** What names in the file stand for, and what the file is called. */
export interface ParseOptions extends Partial<NameTables> {
  /** Name for messages; `lvs.cf` unless told. */
  readonly file?: string;
}

/** A load result with what it was made of. */
export interface ParsedLvsCf extends LoadResult {
  readonly tree: LvsCfTree;
  readonly parsed: ParsedFile;
}

/**
 * Reads an lvs.cf from its bytes: pure, never throws, all findings at once. Text is taken as UTF-8.
 * Without `ports` a few well-known service names are understood, without `hosts` no host name is.
 */
export function parseLvsCf(input: Uint8Array | string, options: ParseOptions = {}): ParsedLvsCf {
  const tree = parseTree(input);
  const findings = new Findings(tree.lines);
  const names = {
    ports: options.ports ?? WELL_KNOWN_PORTS,
    hosts: options.hosts ?? new Map<string, string>(),
  };
  const parsed = parseStatements(tree, names, findings);
  const built = buildConfiguration(parsed);
  validate(built, parsed, findings);
  const usable = findings.errorCount === 0;
  return {
    file: options.file ?? 'lvs.cf',
    tree,
    parsed,
    configuration: usable ? deactivateIgnored(built, findIgnoredBlocks(built)) : undefined,
    diagnostics: findings.sorted(),
  };
}

/** The host names that a file uses where an address may stand, each once, in the order of the file. */
export function hostNamesOf(parsed: ParsedFile): string[] {
  const names = new Set<string>();
  const blocks = parsed.blocks.flatMap((block) => [block, ...block.servers]);
  for (const { statements } of [parsed, ...blocks]) {
    for (const { spec, valueTokens } of statements) {
      const text = valueTokens[0]?.value;
      const takesHost = spec.type === 'host' || spec.type === 'device-address';
      if (takesHost && text !== undefined && isHostName(text)) names.add(text);
    }
  }
  return [...names];
}
