import { CARRIED as HEARTBEAT_CARRIED, RESOURCES } from './heartbeat/carried.js';
import { NOT_CARRIED as HEARTBEAT_NOT_CARRIED } from './heartbeat/reasons.js';
import { CARRIED as KEEPALIVED_CARRIED } from './keepalived/carried.js';
import { NOT_CARRIED as KEEPALIVED_NOT_CARRIED } from './keepalived/reasons.js';
import { CARRIED as LDIRECTORD_CARRIED, SERVICES } from './ldirectord/carried.js';
import { NOT_CARRIED as LDIRECTORD_NOT_CARRIED } from './ldirectord/reasons.js';

const HEAD = `<!-- Made by scripts/docs.mjs; do not edit. -->
# What an import makes of each directive
\`lvsctl import\` reads the files of keepalived, ldirectord and heartbeat. Every directive that it knows stands here. One that
does not stand here, a value that lvs.cf cannot hold, and a directive in a place where it has no meaning get a note with
their line too: nothing is left out silently. How to move over is told in
[migrating-from-keepalived.md](migrating-from-keepalived.md) and [migrating-from-ldirectord.md](migrating-from-ldirectord.md).
`;

type Table = Readonly<Record<string, string>>;

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function table(head: string, rows: Table): string {
  const lines = Object.entries(rows).map(([word, text]) => `| \`${word}\` | ${cell(text)} |`);
  return [`| ${head} |`, '| --- | --- |', ...lines].join('\n');
}

/** Reasons that many words have stand once, behind all of them. */
function reasonTable(rows: Table): string {
  const words = new Map<string, string[]>();
  for (const [word, reason] of Object.entries(rows))
    words.set(reason, [...(words.get(reason) ?? []), `\`${word}\``]);
  const lines = [...words].map(([reason, names]) => `| ${names.join(', ')} | ${cell(reason)} |`);
  return ['| not carried over | why, or what to do |', '| --- | --- |', ...lines].join('\n');
}

/** The page about all directives that the importers know, in Markdown. */
export function directivesPage(): string {
  return [
    HEAD,
    '## keepalived',
    table('keepalived.conf | lvs.cf', KEEPALIVED_CARRIED),
    '',
    reasonTable(KEEPALIVED_NOT_CARRIED),
    '',
    'Other words that begin with `vrrp_` or `garp_` are noted as words of VRRP.',
    '',
    '## ldirectord',
    table('ldirectord.cf | lvs.cf', LDIRECTORD_CARRIED),
    '',
    table('`service` of checktype negotiate | check', SERVICES),
    '',
    reasonTable(LDIRECTORD_NOT_CARRIED),
    '',
    '## heartbeat',
    table('ha.cf | lvs.cf', HEARTBEAT_CARRIED),
    '',
    reasonTable(HEARTBEAT_NOT_CARRIED),
    '',
    table('haresources | lvs.cf', RESOURCES),
    '',
  ].join('\n');
}
