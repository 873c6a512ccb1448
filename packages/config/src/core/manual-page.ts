import { MEANING_CHANGES } from './changes.js';
import { CHECK_KINDS, COMMON_WORDS, KIND_NAMES } from './check-kinds/registry.js';
import { directorDirectives } from './schema-directors.js';
import { globalDirectives } from './schema-global.js';
import { groupDirectives } from './schema-groups.js';
import { pathDirectives } from './schema-paths.js';
import { serverDirectives } from './schema-server.js';
import type { DirectiveSpec, Level } from './schema-types.js';
import { virtualDirectives } from './schema-virtual.js';

/** Text safe for roff: backslashes, leading dots and quotes, hyphens that belong to words to be typed. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}

/** Help texts mark words to be typed with backquotes; they become bold. */
function roffHelp(text: string): string {
  return roff(text).replace(/`([^`]*)`/g, '\\fB$1\\fR');
}

const TYPE_TEXT: Readonly<Record<DirectiveSpec['type'], string>> = {
  integer: 'integer',
  seconds: 'number, fractions allowed',
  boolean: '0 or 1',
  switch: 'integer, 0 is off',
  port: 'port or TCP service name',
  host: 'IPv4 address or host name',
  address: 'IPv4 address',
  'device-address': 'IPv4 address and device',
  'director-address': 'IPv4 address and director',
  mask: 'network mask',
  'lenient-mask': 'network mask',
  text: 'text',
  keyword: 'word',
  list: 'list [ a b ]',
  keywords: 'words',
  witnesses: 'list parted by commas',
};

function typeText({ choices, type, ipv6 }: DirectiveSpec): string {
  if (choices && type === 'integer') return `integer or ${choices.join(', ')}`;
  if (choices) return `${type === 'keywords' ? 'some' : 'one'} of ${choices.join(', ')}`;
  return ipv6 ? TYPE_TEXT[type].replace('IPv4', 'IPv4 or IPv6') : TYPE_TEXT[type];
}

function valueText(spec: DirectiveSpec): string {
  const parts = [typeText(spec)];
  if (spec.unit) parts.push(spec.unit);
  if (spec.range && spec.range[1] <= 65535) parts.push(`${spec.range[0]} to ${spec.range[1]}`);
  const absent = typeof spec.default === 'boolean' ? Number(spec.default) : spec.default;
  parts.push(absent === undefined ? 'no default' : `default ${absent}`);
  parts.push(`since ${spec.since}`);
  if (spec.use !== 'live') parts.push('no effect');
  return parts.join('; ');
}

function directive(spec: DirectiveSpec): string {
  return `.TP\n.B ${roff(spec.name)}\n${roff(valueText(spec))}.\n${roffHelp(spec.help)}\n`;
}

function section(title: string, text: string, specs: readonly DirectiveSpec[]): string {
  return `.SH ${title}\n${roffHelp(text)}\n${specs.map(directive).join('')}`;
}

const LEVEL_TEXTS: readonly (readonly [Level, string, string, readonly DirectiveSpec[]])[] = [
  ['global', 'GLOBAL DIRECTIVES', 'They stand outside all blocks.', globalDirectives],
  [
    'director',
    'DIRECTOR DIRECTIVES',
    'They stand in `director` blocks, which say who the directors are in place of `primary` and `backup`: 2 to 5 of them, the one that is preferred first. Two blocks mean what `primary`, `backup` and `backup_active = 1` mean; more need `heartbeat_key`.',
    directorDirectives,
  ],
  [
    'heartbeat_path',
    'HEARTBEAT PATH DIRECTIVES',
    'They stand in `heartbeat_path` blocks, each a path for heartbeats beside the public and the private one: at most 6.',
    pathDirectives,
  ],
  [
    'virtual',
    'VIRTUAL DIRECTIVES',
    'They stand in `virtual` blocks. `failover` blocks take the same words and have no effect.',
    virtualDirectives,
  ],
  ['server', 'SERVER DIRECTIVES', 'They stand in `server` blocks within a virtual block.', serverDirectives],
  [
    'vip_group',
    'VIP GROUP DIRECTIVES',
    'They stand in `vip_group` blocks outside all others. The addresses of the named virtual servers move together, and apart from those of other groups.',
    groupDirectives,
  ],
];

const HEAD = `.\\" Made from the table of directives by scripts/docs.mjs; do not edit.
.TH LVS.CF 5 "" "Piranha" "File formats"
.SH NAME
lvs.cf \\- configuration of the Piranha directors
.SH SYNOPSIS
.B /etc/sysconfig/ha/lvs.cf
.SH DESCRIPTION
All directors have the same file.
It holds one statement a line,
.IR "name" " = " value ,
with blanks or TABs between the words.
A line whose first character is # is a comment; lines of blanks are skipped.
.PP
A value with blanks stands in double quotes.
There is no escape for the quote itself.
The closing quote should end its line.
Numbers may be decimal, octal (a leading 0) or hexadecimal (0x).
Where a directive is given twice, the last one counts.
.PP
Blocks are opened by
.IR "" "\\fBvirtual\\fR " NAME " {"
or
.IR "" "\\fBdirector\\fR " NAME " {"
and, within the former,
.IR "" "\\fBserver\\fR " NAME " {" ,
and closed by a line with }.
A check block,
.IR "" "\\fBcheck\\fR " NAME " {" ,
stands in a virtual block, or in a server block in place of its virtual's.
Blocks
.IR "" "\\fBvip_group\\fR " NAME " {"
stand outside all others and say which virtual servers' addresses move together; so do blocks
.IR "" "\\fBheartbeat_path\\fR " NAME " {" ,
which are further paths for heartbeats.
A server takes the port of its virtual as far as it is known at the server line, so
.B port
belongs above the servers.
`;

function changesSection(): string {
  const items = MEANING_CHANGES.map(
    ({ code, subject, original, here }) =>
      `.TP\n.B ${code}\n${roff(`${subject}: the original ${original}; here ${here}`)}.\n`,
  );
  return `.SH CHANGED MEANINGS\nA file that relies on one of these gets a warning with the code.\n${items.join('')}`;
}

const CHECKS_TEXT =
  'What a real server is asked, in place of `send`, `expect` and `send_program`. Of several blocks all must pass, or one where `checks` says `any`. Words of every kind:';

function checkSections(): string {
  const kinds = KIND_NAMES.map((name) => {
    const { help, words } = CHECK_KINDS[name];
    return `.SS ${name}\n${roffHelp(help)}\n${words.map(directive).join('')}`;
  });
  return section('CHECK DIRECTIVES', CHECKS_TEXT, COMMON_WORDS) + kinds.join('');
}

/** The manual page lvs.cf(5) in roff, made from the table of directives. */
export function manualPage(): string {
  const sections = LEVEL_TEXTS.map(([, title, text, specs]) => section(title, text, specs));
  const checks = checkSections();
  const tail =
    '.SH SEE ALSO\n.BR pulse (8),\n.BR lvsd (8),\n.BR nanny (8),\n.BR lvsctl (8),\n.BR ipvsadm (8)\n';
  return HEAD + sections.join('') + checks + changesSection() + tail;
}
