import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE } from '../packages/events/dist/catalogue.js';
import { ROOT } from './ensure-built.mjs';

// Writes docs/logs.md from the log catalogue; with --check it only tells whether the page is up to date.
const FILE = join(ROOT, 'docs', 'logs.md');

const rows = Object.entries(CATALOGUE).map(
  ([id, { ident, level, text, limitedBy }]) =>
    `| ${ident} | ${text.replaceAll('|', '\\|')} | \`${id}\` | ${level}${limitedBy ? ', limited' : ''} |`,
);
const page = `# Log lines
Every line has a stable event id behind its phrase, then the details as \`key=value\`:

    pulse: partner dead: activating lvs [PULSE_PARTNER_DEAD] silentMs=1003 deadtimeMs=1000

Phrases of the original suite are as they were, so that old greps still match. Words in braces are filled in. Lines go to
syslog (facility daemon, ident as below), to stdout with \`-n\`, and with \`--log-dir DIR\` also to \`DIR/<ident>.log\`, which
is opened for each write, so that logrotate may move it at any time. \`--log-format json\` writes the same records as one
JSON object a line: \`at\`, \`id\`, \`ident\`, \`pid\`, \`level\`, \`text\`, and the details. Debug lines need \`-v\`.

Who sends packets or opens connections at will fills no log. A line that is \`limited\` comes at once the first time, for each
cause by itself, and then once a minute at most; \`count=\` says how many it stands for. \`lvsctl metrics\` counts all of them.

This page is made from the catalogue by \`node scripts/log-docs.mjs\`.

| ident | phrase | event id | level |
| --- | --- | --- | --- |
${rows.join('\n')}
`;

if (!process.argv.includes('--check')) {
  writeFileSync(FILE, page);
} else if (readFileSync(FILE, 'utf8') !== page) {
  process.stderr.write('docs/logs.md is out of date: node scripts/log-docs.mjs\n');
  process.exit(1);
}
