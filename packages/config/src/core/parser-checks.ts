import { wordsOfKind } from './check-kinds/registry.js';
import type { ParsedBlock } from './parsed.js';
import { directivesAt } from './schema.js';
import type { DirectiveSpec } from './schema-types.js';
import type { TreeLine } from './tree.js';

/** The words that may stand in a block, by name; without a block those outside all blocks. */
export function wordsAt(block: ParsedBlock | undefined): ReadonlyMap<string, DirectiveSpec> {
  if (block?.level === 'check') return wordsOfKind(block.kind);
  return directivesAt(block?.level ?? 'global');
}

/** What `kind` of a check block says, wherever in the block it stands: its other words depend on it. */
export function kindOf(lines: readonly TreeLine[], headerIndex: number): string | undefined {
  let kind: string | undefined;
  for (let at = headerIndex + 1; at < lines.length; at += 1) {
    const tokens = lines[at]?.tokens ?? [];
    if (tokens[0]?.raw === '}' || (tokens.length > 1 && tokens.at(-1)?.raw === '{')) break;
    if (tokens[0]?.value === 'kind' && tokens[1]?.raw === '=') kind = tokens[2]?.value ?? kind;
  }
  return kind;
}
