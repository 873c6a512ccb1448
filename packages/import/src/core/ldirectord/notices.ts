import { isMailAddress, type ServiceProtocol } from '@piranha/config';
import type { Draft, DraftMail, DraftQuorum } from '../draft.js';
import type { Statement } from '../ledger.js';
import { speaksPlainly } from '../mail.js';
import { commandText, wordsOfCommand } from '../program.js';
import { Scope } from '../scope.js';
import { canBeWritten } from '../writer-words.js';
import type { LdirectordScope, LdirectordWord } from './directives.js';
import type { Globals } from './globals.js';
import { plainValue } from './lines.js';

const LOCAL_SERVER = '127.0.0.1';

/** `mail_to` from all emailalert lines, of the file and of its services: lvs.cf tells everybody everything. */
export function readMail(draft: Draft, scope: LdirectordScope, top: readonly Statement[]): void {
  const { ledger } = scope;
  const inner = top.flatMap(({ children }) => children ?? []);
  const alerts = [...scope.all('emailalert'), ...new Scope<LdirectordWord>(ledger, inner).all('emailalert')];
  const to = new Set<string>(draft.mail?.to);
  for (const statement of alerts) {
    const addresses = plainValue(statement)
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    const known = addresses.filter(isMailAddress);
    for (const address of known) to.add(address);
    if (known.length < addresses.length || known.length === 0)
      ledger.note(statement, 'not all of it is mail addresses: NAME@HOST, parted by commas');
    else if (inner.includes(statement)) ledger.note(statement, 'mail_to is told of all services');
    else ledger.carried(statement);
  }
  if (to.size === 0) return;
  draft.mail = { to: [...to], from: readFrom(scope), ...readServer(scope) };
}

function readFrom(scope: LdirectordScope): string | undefined {
  const statement = scope.last('emailalertfrom');
  const from = statement === undefined ? '' : plainValue(statement);
  if (statement === undefined) return undefined;
  if (isMailAddress(from)) {
    scope.ledger.carried(statement);
    return from;
  }
  scope.ledger.note(statement, 'it is no mail address: mails come from piranha@ and the name of the node');
  return undefined;
}

function readServer(scope: LdirectordScope): Pick<DraftMail, 'server' | 'plain'> {
  const statement = scope.last('smtp');
  const server = statement === undefined ? '' : plainValue(statement);
  if (statement === undefined) {
    const reason =
      'ldirectord gives mail to a program of the director: smtp_server = 127.0.0.1 is written, a mail server must run there';
    scope.ledger.noteFile('smtp_server', reason);
    return { server: LOCAL_SERVER, plain: false };
  }
  const plain = speaksPlainly(scope.ledger, statement, server);
  if (plain !== undefined) return { server, plain };
  scope.ledger.note(statement, `it is no mail server: ${LOCAL_SERVER} is written`);
  return { server: LOCAL_SERVER, plain: false };
}

/** The directory whose files take servers out. */
export function readMaintenance(draft: Draft, scope: LdirectordScope): void {
  const statement = scope.last('maintenancedir');
  const directory = statement === undefined ? '' : plainValue(statement);
  if (statement === undefined) return;
  if (!directory.startsWith('/') || !canBeWritten(directory)) {
    scope.ledger.note(statement, 'it is no absolute path: write maintenance_dir');
    return;
  }
  draft.maintenanceDirectory = directory;
  const reason =
    'its files are named as before; an empty one drains, disable in its first line takes the server out at once';
  scope.ledger.note(statement, reason);
}

interface NamedService {
  readonly address: string | undefined;
  readonly port: number;
  readonly protocol: ServiceProtocol | 'fwm';
}

/** The program that is told when the last server goes and the first one comes, with the words that ldirectord gives it. */
export function readFallbackCommand(
  scope: LdirectordScope,
  { fallbackCommand }: Pick<Globals, 'fallbackCommand'>,
  { address = '', port, protocol }: NamedService,
): DraftQuorum {
  const statement = scope.last('fallbackcommand') ?? fallbackCommand;
  if (statement === undefined) return {};
  const command = wordsOfCommand(plainValue(statement));
  const words = (status: string) => commandText([...command, status, `${address}:${port}`, protocol]);
  const [down, up] = [words('start'), words('stop')];
  const reason =
    down === undefined
      ? 'lvs.cf cannot hold this command: a path from /, and words without quotes'
      : 'quorum_down and quorum_up run it, on both directors, with stop at the start of lvsd too';
  scope.ledger.note(statement, reason);
  return { down, up };
}
