import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '../model.js';
import { type ChangeCode, meaningChange } from './changes.js';
import type { Findings, Place } from './diagnostics.js';
import { type ParsedBlock, type ParsedFile, type Statement, statementOf } from './parsed.js';

/** A virtual server beside the block it came from. */
export interface VirtualView {
  readonly virtual: VirtualServerConfig;
  readonly block: ParsedBlock;
  readonly servers: readonly { readonly server: RealServerConfig; readonly block: ParsedBlock }[];
}

/** What the rules look at. */
export interface RuleInput {
  readonly configuration: LvsConfiguration;
  readonly parsed: ParsedFile;
  readonly virtuals: readonly VirtualView[];
  readonly findings: Findings;
}

/** Pairs the typed values with their blocks, for places. */
export function ruleInput(
  configuration: LvsConfiguration,
  parsed: ParsedFile,
  findings: Findings,
): RuleInput {
  const blocks = parsed.blocks.filter((block) => block.level === 'virtual');
  const virtuals = configuration.virtualServers.flatMap((virtual, index) => {
    const block = blocks[index];
    if (!block) return [];
    const servers = virtual.servers.flatMap((server, serverIndex) => {
      const serverBlock = block.servers[serverIndex];
      return serverBlock ? [{ server, block: serverBlock }] : [];
    });
    return [{ virtual, block, servers }];
  });
  return { configuration, parsed, virtuals, findings };
}

/** True where the value that counts could not be read: an error tells so, and nothing else is said about it. */
export function isUnreadable(block: ParsedBlock, name: string): boolean {
  const statement = statementOf(block, name);
  return statement !== undefined && statement.value === undefined;
}

/** Place of a statement's value. */
export function valuePlace(statement: Statement): Place {
  const token = statement.valueTokens[0] ?? statement.nameToken;
  return { lineIndex: statement.lineIndex, byteIndex: token.index };
}

/** Place of the name in a block's header. */
export function headerPlace(block: ParsedBlock): Place {
  return { lineIndex: block.lineIndex, byteIndex: block.nameIndex };
}

/** Place of the value that counts, or the block's header where the directive is absent. */
export function placeIn(block: ParsedBlock, name: string): Place {
  const statement = statementOf(block, name);
  return statement ? valuePlace(statement) : headerPlace(block);
}

/** Place of a global value, or the beginning of the file where the directive is absent. */
export function globalPlace(parsed: ParsedFile, name: string): Place {
  const statement = statementOf(parsed, name);
  return statement ? valuePlace(statement) : { lineIndex: 0, byteIndex: 0 };
}

/** Warns that the file relies on a meaning that differs from the original's. */
export function warnOfChange(findings: Findings, code: ChangeCode, place: Place): void {
  const { subject, original, here, advice } = meaningChange(code);
  findings.warning(code, place, `${subject}: the original ${original}; here ${here}`, advice);
}
