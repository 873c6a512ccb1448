import { MEANING_CHANGES } from './changes.js';

const HEAD = `<!-- Made by scripts/docs.mjs; do not edit. -->
# What an old lvs.cf means here

Names and defaults are those of the original suite. Some meanings differ on purpose. \`lvsctl check FILE\` gives a
warning with the code below for each one that a file relies on; a warning never keeps a director from starting.
`;

const ACCEPTED = `
## Accepted here, rejected or misread by the original

| code | what | the original |
| --- | --- | --- |
| \`CF_CRLF\` | line ends with CR | skipped all lines but the first, or took many lines for one |
| \`CF_TRAILING_COMMENT\` | a comment behind a statement | "unexpected arguments" |
| \`CF_QUOTE_TRAILING\` | something behind a quoted value without blanks | "quotation mismatch" |

Fractions of seconds are accepted for keepalive, deadtime, timeout and reentry; the schedulers sed, nq, mh, fo, ovf and
twos beside the eight that the original knew; \`protocol = sctp\`; IPv6 for VIPs, real servers and sorry servers. The
directives that are ours alone say so in lvs.cf(5).

## Rejected here

| code | what | instead |
| --- | --- | --- |
| \`CF_FOS_NOT_SUPPORTED\` | \`service = fos\` | \`service = lvs\` with a virtual block for the address, or keepalived with a notify script |
| \`CF_FWMARK_CONFLICT\` | blocks of one mark that differ in scheduler, persistence or weights | make them equal: one mark is one service |
| \`CF_MISSING_BRACE\` | a file that ends inside a block, at a reload and where a daemon that died is started again: it may be half copied. The start of a director takes it, with a warning | add the lines with } |
| \`CF_TIMEOUT_ZERO\` | \`timeout = 0\`, which crashed the original's nanny | a number of seconds above 0 |
| \`CF_PORT_ZERO\` | \`port = 0\` without \`persistent\`, which ipvsadm refuses | \`persistent = SECONDS\`, or a port |
| \`CF_NO_SERVER_ADDRESS\` | an active server without an address | \`address = ADDRESS\` |
| \`CF_RANGE\` | numbers that cannot be meant, such as port 70000 | a number within the range of lvs.cf(5) |

## Changed for every file

Nothing in a file asks for these, so there is no warning: the standby director is warm (\`standby = cold\` for the old
way), all errors of a file are told at once, a reload carries out every difference and touches nothing else, and table
entries that are not ours are left alone. A server that returns begins with a 32nd of its weight, as it did; one that is up
when its director starts has its whole weight at once, where the original let all of them climb side by side.
`;

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|');
}

/** The page about changed meanings, in Markdown. */
export function changesPage(): string {
  const rows = MEANING_CHANGES.map(({ code, subject, original, here, advice }) =>
    ['', ` \`${code}\` `, ...[subject, original, here, advice].map((text) => ` ${cell(text)} `), ''].join(
      '|',
    ),
  );
  const table = [
    '| code | what | the original | here | advice |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
  return `${HEAD}\n${table.join('\n')}\n${ACCEPTED}`;
}
