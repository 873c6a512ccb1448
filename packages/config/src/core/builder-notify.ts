import type { MailConfig, NotifyConfig, SmtpServer } from '../model.js';
import type { ParsedFile } from './parsed.js';
import { notifyDirectives } from './schema-notify.js';
import { Values } from './values.js';

const IMPLICIT_TLS_PORT = 465;
const SMTP_PORT = 25;

/** What programs and people are to be told, and how. */
export function buildNotify(parsed: ParsedFile): NotifyConfig {
  const values = new Values('global', parsed);
  return {
    program: values.text('notify'),
    serverProgram: values.text('notify_server'),
    waits: values.flag('notify_wait'),
    waitsToLeave: values.flag('notify_standby_wait'),
    activeCommandWaits: values.flag('active_cmd_wait'),
    inactiveCommandWaits: values.flag('inactive_cmd_wait'),
    timeoutMs: values.milliseconds('notify_timeout'),
    user: values.text('notify_user'),
    mail: buildMail(values),
    lines: linesOf(parsed),
  };
}

function buildMail(values: Values): MailConfig | undefined {
  const to = addressList(values.text('mail_to') ?? '');
  const server = parseSmtpServer(values.text('smtp_server') ?? '');
  if (to.length === 0 || server === undefined) return undefined;
  const local = isLocalHost(server.host);
  const tls = values.choice('smtp_tls', ['starttls', 'implicit', 'none'], local ? 'none' : 'starttls');
  return {
    to,
    from: values.text('mail_from'),
    subjectPrefix: values.literal('mail_subject_prefix') ?? '',
    mailsPerMinute: values.number('mail_limit'),
    host: server.host,
    port: server.port ?? (tls === 'implicit' ? IMPLICIT_TLS_PORT : SMTP_PORT),
    tls,
    caFile: values.text('smtp_ca_file'),
    user: values.text('smtp_user'),
    passwordFile: values.text('smtp_password_file'),
  };
}

/** Mail addresses of a text, separated by commas or blanks. */
export function addressList(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))];
}

/** One address without a name: enough of its grammar to catch what no server would take. */
export function isMailAddress(text: string): boolean {
  return (
    text.length <= 254 && /^[^\s@<>(),;:"\\[\]]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)
  );
}

/** `HOST`, `HOST:PORT`, `[ADDRESS]`, `[ADDRESS]:PORT`; an IPv6 address may stand alone. Undefined for anything else. */
export function parseSmtpServer(text: string): SmtpServer | undefined {
  const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::([0-9]{1,5}))?$/.exec(text);
  const plain = bracketed ?? /^([A-Za-z0-9_.-]{1,253})(?::([0-9]{1,5}))?$/.exec(text);
  if (plain === null)
    return /^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*$/.test(text) ? { host: text } : undefined;
  const [, host = '', portText] = plain;
  if (portText === undefined) return { host };
  const port = Number(portText);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** True for a name or address of this node itself. */
export function isLocalHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.[0-9]+\.[0-9]+\.[0-9]+$/.test(host);
}

const NAMES: ReadonlySet<string> = new Set([
  'active_cmd',
  'inactive_cmd',
  ...notifyDirectives.map(({ name }) => name),
]);

/** Line of each of these words that is given, from 1; for findings about files and users. */
function linesOf(parsed: ParsedFile): Readonly<Record<string, number>> {
  const own = parsed.statements.filter(({ spec }) => NAMES.has(spec.name));
  return Object.fromEntries(own.map(({ spec, lineIndex }) => [spec.name, lineIndex + 1]));
}
