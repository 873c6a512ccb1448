import { programWords } from '@piranha/common';
import { addressList, isLocalHost, isMailAddress, parseSmtpServer } from './builder-notify.js';
import { releaseLimitMs } from './derived.js';
import { printable } from './diagnostics.js';
import { type Statement, statementOf } from './parsed.js';
import { type RuleInput, valuePlace } from './rules.js';

function textOf(statement: Statement | undefined): string | undefined {
  return typeof statement?.value === 'string' && statement.value !== '' ? statement.value : undefined;
}

function programRules({ parsed, findings }: RuleInput): void {
  for (const name of ['notify', 'notify_server']) {
    const statement = statementOf(parsed, name);
    const program = programWords(textOf(statement) ?? '')[0];
    if (statement === undefined || program === undefined || program.startsWith('/')) continue;
    const text = `${name} needs the absolute path of a program, '${printable(program)}' is none`;
    findings.error('CF_NOTIFY_PATH', valuePlace(statement), text, 'write it as /etc/piranha/notify.sh');
  }
}

/** What each of the words waits for; `takes`: with the taking of addresses. */
const WAITS = [
  { name: 'active_cmd_wait', program: 'active_cmd', takes: true },
  { name: 'notify_wait', program: 'notify', takes: true },
  { name: 'inactive_cmd_wait', program: 'inactive_cmd', takes: false },
  { name: 'notify_standby_wait', program: 'notify', takes: false },
] as const;

function waitRules({ configuration, parsed, findings }: RuleInput): void {
  const given = WAITS.flatMap(({ name, program, takes }) => {
    const wait = statementOf(parsed, name);
    if (wait === undefined || wait.value !== true) return [];
    if (textOf(statementOf(parsed, program)) !== undefined) return [{ name, takes, wait }];
    const text = `${name} has no effect without ${program}`;
    findings.warning('CF_NOTIFY_WAIT_UNUSED', valuePlace(wait), text);
    return [];
  });
  const taking = given.filter(({ takes }) => takes);
  const waitMs = taking.length * configuration.notify.timeoutMs;
  const limitMs = releaseLimitMs(configuration);
  const last = taking.at(-1);
  if (last === undefined || waitMs < limitMs) return;
  const words = taking.map(({ name }) => `${name} = 1`).join(' and ');
  const verb = taking.length === 1 ? 'lets' : 'let';
  const text = `${words} ${verb} a takeover wait up to ${waitMs / 1000} s for the program; a partner that hands over waits ${limitMs / 1000} s and then serves on`;
  findings.warning('CF_NOTIFY_WAIT_LONG', valuePlace(last.wait), text, 'make notify_timeout shorter');
}

function mailAddressRules({ parsed, findings }: RuleInput): void {
  for (const name of ['mail_to', 'mail_from']) {
    const statement = statementOf(parsed, name);
    const text = textOf(statement);
    if (statement === undefined || text === undefined) continue;
    const addresses = addressList(text);
    const bad = addresses.find((address) => !isMailAddress(address));
    if (bad !== undefined) {
      const problem = `'${printable(bad)}' is no mail address`;
      findings.error('CF_MAIL_ADDRESS', valuePlace(statement), problem, 'write it as name@example.org');
    } else if (name === 'mail_from' && addresses.length > 1) {
      findings.error('CF_MAIL_ADDRESS', valuePlace(statement), 'mail_from is one address');
    }
  }
}

function mailServerRules({ parsed, findings }: RuleInput): void {
  const to = statementOf(parsed, 'mail_to');
  const server = statementOf(parsed, 'smtp_server');
  const serverText = textOf(server);
  if (textOf(to) !== undefined && to && serverText === undefined) {
    const hint = 'write smtp_server = HOST, for a mail server on this node 127.0.0.1';
    findings.error(
      'CF_MAIL_SERVER',
      valuePlace(to),
      'mail_to without smtp_server: no mail can be sent',
      hint,
    );
  }
  if (server === undefined || serverText === undefined) return;
  if (parseSmtpServer(serverText) === undefined) {
    const text = `'${printable(serverText)}' is no mail server`;
    findings.error('CF_MAIL_SERVER', valuePlace(server), text, 'write HOST, HOST:PORT or [ADDRESS]:PORT');
  }
}

function mailUnusedRule({ configuration, parsed, findings }: RuleInput): void {
  if (configuration.notify.mail !== undefined || findings.errorCount > 0) return;
  const used = parsed.statements.find(
    ({ spec, value }) => value !== '' && /^(?:smtp_|mail_(?!to$))/.test(spec.name),
  );
  if (used === undefined) return;
  const text = `${used.spec.name} has no effect without mail_to`;
  findings.warning('CF_MAIL_UNUSED', valuePlace(used), text, 'write mail_to = ADDRESS');
}

function mailLoginRules({ configuration, parsed, findings }: RuleInput): void {
  const user = statementOf(parsed, 'smtp_user');
  const password = statementOf(parsed, 'smtp_password_file');
  const [hasUser, hasPassword] = [textOf(user) !== undefined, textOf(password) !== undefined];
  if (user && hasUser && !hasPassword) {
    const text = 'smtp_user without smtp_password_file: nobody can log in';
    findings.error('CF_MAIL_LOGIN', valuePlace(user), text, 'write the path of a file with the password');
  } else if (password && hasPassword && !hasUser) {
    const text = 'smtp_password_file without smtp_user has no effect';
    findings.warning('CF_MAIL_UNUSED', valuePlace(password), text, 'write smtp_user = NAME');
  }
  for (const name of ['smtp_password_file', 'smtp_ca_file']) {
    const statement = statementOf(parsed, name);
    const path = textOf(statement);
    if (statement === undefined || path === undefined || path.startsWith('/')) continue;
    findings.error('CF_MAIL_PATH', valuePlace(statement), `${name} needs an absolute path`);
  }
  const { mail } = configuration.notify;
  if (mail === undefined || mail.tls !== 'none' || !user || !hasUser || isLocalHost(mail.host)) return;
  const text = 'smtp_tls = none would send the password readable over the network';
  findings.error('CF_MAIL_PLAIN_PASSWORD', valuePlace(user), text, 'use smtp_tls = starttls or implicit');
}

/** Rules about notify programs and mail that need nothing but the file. */
export function checkNotify(input: RuleInput): void {
  programRules(input);
  waitRules(input);
  mailAddressRules(input);
  mailServerRules(input);
  mailLoginRules(input);
  mailUnusedRule(input);
}
