import { addressFamily } from '@piranha/common';
import { type Statement, statementOf } from './parsed.js';
import { type RuleInput, valuePlace } from './rules.js';
import { NO_ADDRESS } from './values.js';

function tellOfMix({ findings }: RuleInput, statements: readonly (Statement | undefined)[]): void {
  const [first, ...rest] = statements.flatMap((statement) =>
    typeof statement?.value === 'string' && statement.value !== NO_ADDRESS
      ? [{ statement, address: statement.value }]
      : [],
  );
  if (first === undefined) return;
  const other = rest.find(({ address }) => addressFamily(address) !== addressFamily(first.address));
  if (other === undefined) return;
  const text = `${other.address} and ${first.address} are to hear each other, but are of two families`;
  findings.error('CF_PATH_FAMILIES', valuePlace(other.statement), text, 'write addresses of one family');
}

/** The public addresses of the directors are of one family, and so are the private ones. */
export function checkPathFamilies(input: RuleInput): void {
  const { parsed } = input;
  const blocks = parsed.blocks.filter(({ level }) => level === 'director');
  tellOfMix(input, [statementOf(parsed, 'primary'), statementOf(parsed, 'backup')]);
  tellOfMix(input, [statementOf(parsed, 'primary_private'), statementOf(parsed, 'backup_private')]);
  for (const word of ['public', 'private']) {
    tellOfMix(
      input,
      blocks.map((block) => statementOf(block, word)),
    );
  }
}
