import { type Findings, printable } from './diagnostics.js';
import type { ParsedBlock, ParsedFile, Statement } from './parsed.js';
import { valuePlace } from './rules.js';
import { gapsRule } from './rules-address.js';

function repeatedRule(statements: readonly Statement[], findings: Findings): void {
  const lineOf = new Map<string, number>();
  for (const { spec, lineIndex, nameToken } of statements) {
    const earlier = lineOf.get(spec.name);
    lineOf.set(spec.name, lineIndex);
    if (earlier === undefined || spec.repeats) continue;
    const text = `${spec.name} was given in line ${earlier + 1} already; the last one counts`;
    findings.warning('CF_DUPLICATE', { lineIndex, byteIndex: nameToken.index }, text, 'delete one of them');
  }
}

function unusedRule(statement: Statement, findings: Findings): void {
  const { spec, valueTokens } = statement;
  if (spec.use === 'live' || spec.harmless?.includes(valueTokens[0]?.value ?? '')) return;
  const why = spec.use === 'fos' ? 'it is for service = fos only' : 'the original did not use it either';
  findings.warning(
    'CF_DEAD_DIRECTIVE',
    valuePlace(statement),
    `${spec.name} has no effect: ${why}`,
    spec.help,
  );
}

function maskRule(statement: Statement, findings: Findings): void {
  const { spec, value } = statement;
  if (spec.type === 'mask' && typeof value === 'string') gapsRule(statement, value, findings);
}

function deviceRule(statement: Statement, findings: Findings): void {
  const { spec, value } = statement;
  if (spec.type !== 'device-address' || typeof value !== 'object' || !('device' in value)) return;
  if (/^[^\s/:]{1,15}(:[^\s/]*)?$/.test(value.device) && value.device.length <= 15) return;
  const text = `'${printable(value.device)}' cannot be a device: at most 15 characters, no blank and no /`;
  findings.warning('CF_BAD_DEVICE', valuePlace(statement), text, 'write a device such as eth0:1');
}

function checkStatements(statements: readonly Statement[], findings: Findings): void {
  repeatedRule(statements, findings);
  for (const statement of statements) {
    unusedRule(statement, findings);
    maskRule(statement, findings);
    deviceRule(statement, findings);
  }
}

function checkBlock(block: ParsedBlock, findings: Findings): void {
  checkStatements(block.statements, findings);
  for (const inner of [...block.servers, ...block.checks]) checkBlock(inner, findings);
}

/** Rules about single statements, at every level but in failover blocks, which have no effect at all. */
export function checkAllStatements(parsed: ParsedFile, findings: Findings): void {
  checkStatements(parsed.statements, findings);
  for (const block of parsed.blocks) if (block.level !== 'failover') checkBlock(block, findings);
}
