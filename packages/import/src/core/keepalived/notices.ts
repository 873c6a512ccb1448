import { isMailAddress } from '@piranha/config';
import type { Draft } from '../draft.js';
import type { Statement } from '../ledger.js';
import { speaksPlainly } from '../mail.js';
import type { KeepalivedScope } from './directives.js';
import { scriptOf } from './scripts.js';

/** What keepalived sends mail to, and from; carried over only where all of it is there. */
export function readMail(draft: Draft, scope: KeepalivedScope): void {
  const { ledger } = scope;
  const blocks = scope.all('notification_email');
  const entries = blocks.flatMap(({ children }) => children ?? []);
  const addresses = entries.map(({ words }) => words[0] ?? '');
  const to = [...new Set(addresses.filter(isMailAddress))];
  const serverStatement = scope.last('smtp_server');
  const server = serverText(serverStatement);
  if (to.length === 0 || serverStatement === undefined) return;
  const plain = speaksPlainly(ledger, serverStatement, server);
  if (plain === undefined) {
    ledger.note(serverStatement, 'it is no mail server: HOST [PORT]');
    return;
  }
  for (const block of blocks) ledger.carried(block);
  for (const entry of entries) {
    if (to.includes(entry.words[0] ?? '')) ledger.carried(entry);
    else ledger.note(entry, 'it is no mail address: NAME@HOST');
  }
  draft.mail = { to, from: readFrom(scope), server, plain };
}

function serverText(statement: Statement | undefined): string {
  const [, host = '', port] = statement?.words ?? [];
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function readFrom(scope: KeepalivedScope): string | undefined {
  const statement = scope.last('notification_email_from');
  const from = statement?.words[1] ?? '';
  if (statement === undefined) return undefined;
  if (isMailAddress(from) && statement.words.length === 2) {
    scope.ledger.carried(statement);
    return from;
  }
  scope.ledger.note(statement, 'it is no mail address: mails come from piranha@ and the name of the node');
  return undefined;
}

const HOOKS = {
  notify: ['notify', "its second argument is 'lvs', not the name of an instance"],
  notify_master: ['activeCommand', 'active_cmd starts as the change begins, and is not waited for'],
  notify_backup: ['inactiveCommand', 'inactive_cmd starts as the change begins, and is not waited for'],
} as const;

/** The scripts of an instance or of a sync group: the first of each kind counts. */
export function readHooks(draft: Draft, scope: KeepalivedScope): void {
  for (const [word, [field, difference]] of Object.entries(HOOKS)) {
    const statement = scope.last(word as keyof typeof HOOKS);
    const program = statement && scriptOf(scope, statement);
    if (statement === undefined || program === undefined) continue;
    if (draft[field] === undefined) {
      draft[field] = program;
      scope.ledger.note(statement, difference);
    } else if (draft[field] !== program) {
      scope.ledger.note(statement, `all addresses move together, and one program is run: ${draft[field]}`);
    }
  }
}

/** The user of all programs, where there is one to run. */
export function readUser(draft: Draft, scope: KeepalivedScope): void {
  const { notify, activeCommand, inactiveCommand, virtuals } = draft;
  const programs = [notify, activeCommand, inactiveCommand];
  const quorums = virtuals.flatMap(({ quorum }) => [quorum.up, quorum.down]);
  if ([...programs, ...quorums].every((program) => program === undefined)) return;
  const statement = scope.last('script_user');
  const user = statement?.words[1] ?? '';
  if (statement === undefined) return;
  if (!/^[A-Za-z_][\w.-]{0,31}$/.test(user)) {
    scope.ledger.note(statement, 'it is no user: programs run as the daemons do');
    return;
  }
  scope.ledger.carried(statement);
  draft.notifyUser = user;
  if (statement.words.length > 2)
    scope.ledger.note(statement, 'programs get the groups of their user, and no other');
}
