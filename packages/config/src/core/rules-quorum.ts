import { programWords } from '@piranha/common';
import { printable } from './diagnostics.js';
import { statementOf } from './parsed.js';
import { placeIn, type RuleInput, type VirtualView, valuePlace } from './rules.js';

function commandRules({ findings }: RuleInput, { block }: VirtualView): void {
  for (const name of ['quorum_up', 'quorum_down']) {
    const statement = statementOf(block, name);
    if (typeof statement?.value !== 'string') continue;
    const program = programWords(statement.value)[0];
    if (program === undefined || program.startsWith('/')) continue;
    const text = `${name} needs the absolute path of a program, '${printable(program)}' is none`;
    findings.error('CF_QUORUM_PATH', valuePlace(statement), text, 'write it as /etc/piranha/quorum.sh');
  }
}

function panicRules({ findings }: RuleInput, { virtual, block }: VirtualView): void {
  if (virtual.panicPercent === undefined) return;
  const place = placeIn(block, 'panic_threshold');
  if (virtual.servers.filter(({ active, weight }) => active && weight > 0).length < 2) {
    const text = 'panic_threshold with one server keeps it in the table for ever, dead or alive';
    findings.warning('CF_PANIC_ALONE', place, text, 'delete the line, or add servers');
  }
  if (virtual.sorryServer !== undefined && (virtual.quorum?.weight ?? 1) > 1) {
    const text =
      'panic_threshold keeps servers in use, quorum with a sorry_server takes them out of use: quorum wins';
    findings.warning('CF_PANIC_QUORUM', place, text, 'delete one of them');
  }
}

/** Rules about quorum and panic of one active virtual server. */
export function quorumRules(input: RuleInput, view: VirtualView): void {
  const { virtual, block } = view;
  const { findings } = input;
  commandRules(input, view);
  panicRules(input, view);
  const hysteresis = statementOf(block, 'hysteresis');
  if (virtual.quorum === undefined) {
    if (hysteresis) {
      const text = 'hysteresis has no effect without quorum';
      findings.warning(
        'CF_HYSTERESIS_UNUSED',
        valuePlace(hysteresis),
        text,
        'write quorum, or delete the line',
      );
    }
    return;
  }
  const { weight, hysteresis: margin } = virtual.quorum;
  const place = hysteresis ? valuePlace(hysteresis) : placeIn(block, 'quorum');
  if (margin >= weight) {
    const text = `hysteresis = ${margin} is not below quorum = ${weight}: the quorum could never be lost`;
    findings.error('CF_HYSTERESIS_LARGE', place, text, 'make it smaller than quorum');
    return;
  }
  const total = virtual.servers.reduce((sum, server) => sum + (server.active ? server.weight : 0), 0);
  if (weight + margin <= total) return;
  const text = `quorum = ${weight} with hysteresis = ${margin} needs a weight of ${weight + margin}, all servers together have ${total}`;
  findings.warning(
    'CF_QUORUM_UNREACHABLE',
    placeIn(block, 'quorum'),
    text,
    'make quorum or hysteresis smaller',
  );
}
