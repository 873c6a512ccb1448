import type { CheckSet, CheckSpec } from '../check-model.js';
import { buildCheckSpec } from './builder-checks.js';
import { KIND_NAMES, kindNamed } from './check-kinds/registry.js';
import { type Findings, printable } from './diagnostics.js';
import { type ParsedBlock, statementOf } from './parsed.js';
import { headerPlace, placeIn, type RuleInput, type VirtualView, valuePlace } from './rules.js';

/** More in one place would be a mistake of a script; a nanny gets them through its environment. */
const MAXIMUM_CHECKS = 16;

/** Words of the check that check blocks replace. */
const CLASSIC_WORDS = ['send', 'expect', 'use_regex', 'send_program'];

function blockRules(block: ParsedBlock, findings: Findings): void {
  const name = printable(block.name);
  const kind = kindNamed(block.kind);
  if (!kind) {
    // Where the word is there, reading it has told what is wrong.
    if (statementOf(block, 'kind')) return;
    const hint = `write kind = one of ${KIND_NAMES.join(', ')}`;
    findings.error('CF_CHECK_KIND', headerPlace(block), `check '${name}' has no kind`, hint);
    return;
  }
  const missing = (kind.required ?? []).filter((word) => !statementOf(block, word));
  for (const word of missing) {
    const text = `check '${name}' of kind ${kind.kind} needs ${word}`;
    findings.error('CF_CHECK_MISSING', headerPlace(block), text, `write ${word} = VALUE`);
  }
  const spec = buildCheckSpec(block);
  if (!spec || missing.length > 0) return;
  kind.problems?.(spec, (severity, word, code, text, hint) =>
    findings[severity](code, placeIn(block, word), text, hint),
  );
}

function checksOfBlock(block: ParsedBlock, findings: Findings): void {
  const lineOf = new Map<string, number>();
  for (const check of block.checks) {
    blockRules(check, findings);
    const earlier = lineOf.get(check.name);
    lineOf.set(check.name, check.lineIndex + 1);
    if (earlier === undefined) continue;
    const text = `check '${printable(check.name)}' stands in line ${earlier} already`;
    findings.error('CF_CHECK_NAME', headerPlace(check), text, 'give each check of a block a name of its own');
  }
  const over = block.checks[MAXIMUM_CHECKS];
  if (!over) return;
  const text = `more than ${MAXIMUM_CHECKS} checks in one block`;
  findings.error('CF_CHECK_COUNT', headerPlace(over), text, 'one check of a page that asks the rest does it');
}

function unusedRules({ findings }: RuleInput, { block, servers }: VirtualView): void {
  const anywhere = block.checks.length > 0 || servers.some((server) => server.block.checks.length > 0);
  const views = [
    { block, used: anywhere },
    ...servers.map((server) => ({
      block: server.block,
      used: server.block.checks.length > 0,
    })),
  ];
  for (const view of views) {
    const word = statementOf(view.block, 'checks');
    if (!word || view.used) continue;
    const text = 'checks has no effect without check blocks';
    findings.warning(
      'CF_CHECKS_UNUSED',
      valuePlace(word),
      text,
      'write check NAME { … }, or delete the line',
    );
  }
  if (block.checks.length === 0) return;
  for (const name of CLASSIC_WORDS) {
    const word = statementOf(block, name);
    if (!word) continue;
    const text = `${name} is not used: check blocks stand in its place`;
    findings.warning('CF_CHECK_REPLACES', valuePlace(word), text, 'delete the line, or the check blocks');
  }
}

/** Rules about the check blocks of a virtual server and of its servers. */
export function checkChecks(input: RuleInput, view: VirtualView): void {
  checksOfBlock(view.block, input.findings);
  for (const { block } of view.servers) checksOfBlock(block, input.findings);
  unusedRules(input, view);
}

/** True where a check asks for the port of the real server itself. */
export function asksServerPort(checks: CheckSet): boolean {
  return checks.specs.some((spec: CheckSpec) => spec.port === undefined && kindNamed(spec.kind)?.usesPort);
}
