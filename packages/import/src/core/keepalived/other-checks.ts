import { ALWAYS_UP, CONNECT, type DraftCheck } from '../draft.js';
import type { Statement } from '../ledger.js';
import { isDomainName } from '../names.js';
import { type ProgramTarget, programText, wordsOfCommand } from '../program.js';
import { Scope } from '../scope.js';
import { canBeWritten } from '../writer-words.js';
import type { KeepalivedScope, KeepalivedWord } from './directives.js';

const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'TXT'];
const LONGEST_REPLY = 65_507;
const LENGTH = { minimum: 0, maximum: LONGEST_REPLY, whole: true } as const;

/** A greeting for the server, or for each `host` that the check names. */
export function readSmtp(
  scope: KeepalivedScope,
  place: (inner: KeepalivedScope) => DraftCheck['words'],
): readonly DraftCheck[] {
  const isName = (name: string) => /^[!-~]+$/.test(name) && canBeWritten(name);
  const helo = scope.text('helo_name', isName, 'it is no name of a host: the usual one is said');
  const hosts = scope.all('host');
  const checks = hosts.map((host): DraftCheck => {
    scope.ledger.carried(host);
    const inner = new Scope<KeepalivedWord>(scope.ledger, host.children ?? []);
    return { kind: 'smtp', words: { helo_name: helo, ...place(inner) } };
  });
  return checks.length > 0 ? checks : [{ kind: 'smtp', words: { helo_name: helo } }];
}

/** One question; an answer without a record does not pass, which a note tells. */
export function readDns(scope: KeepalivedScope, statement: Statement): readonly DraftCheck[] {
  scope.ledger.note(statement, 'an answer without a record fails here, also where it is no error');
  const typeStatement = scope.last('type');
  const type = typeStatement?.words[1]?.toUpperCase() ?? 'SOA';
  const known = RECORD_TYPES.includes(type);
  if (typeStatement && known) scope.ledger.carried(typeStatement);
  else if (typeStatement) scope.ledger.note(typeStatement, `it is none of ${RECORD_TYPES.join(', ')}: SOA`);
  const nameStatement = scope.last('name');
  const name = nameStatement?.words[1] ?? '.';
  const fits = isDomainName(name);
  if (nameStatement && fits) scope.ledger.carried(nameStatement);
  else if (nameStatement) scope.ledger.note(nameStatement, 'it is no domain name: . is asked for');
  return [{ kind: 'dns', words: { name: fits ? name : '.', type: known ? type : 'SOA' } }];
}

/** Hexadecimal as keepalived takes it: a digit by itself is a byte. Undefined for anything else. */
function hexOf(words: readonly string[], digits: RegExp): string | undefined {
  const bytes = words
    .join(' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => word.match(/..?/g) ?? [])
    .map((part) => part.padStart(2, '0'));
  const text = bytes.join('').toLowerCase();
  return text !== '' && digits.test(text) && text.length <= 4000 ? text : undefined;
}

function readHex(scope: KeepalivedScope, statement: Statement | undefined, digits: RegExp) {
  if (statement === undefined || statement.words.length === 1) {
    if (statement) scope.ledger.carried(statement);
    return undefined;
  }
  const hex = hexOf(statement.words.slice(1), digits);
  if (hex === undefined) scope.ledger.note(statement, 'it is no hexadecimal: left out');
  else scope.ledger.carried(statement);
  return hex;
}

/** A datagram; without `require_reply` silence passes. */
export function readUdp(scope: KeepalivedScope): readonly DraftCheck[] {
  const payload = readHex(scope, scope.last('payload'), /^[0-9a-f]+$/i);
  const required = scope.last('require_reply');
  const reply = readHex(scope, required, /^[0-9a-fx]+$/i);
  if (required === undefined) {
    for (const length of scope.all('min_reply_length', 'max_reply_length'))
      scope.ledger.note(length, 'it has no effect without require_reply');
    return [{ kind: 'udp', words: { payload_hex: payload, silence: 'up' } }];
  }
  const least = scope.number('min_reply_length', LENGTH);
  const most = scope.number('max_reply_length', LENGTH);
  const fit = (least?.value ?? 0) <= (most?.value ?? LONGEST_REPLY);
  if (!fit && least) scope.ledger.note(least.statement, 'it is more than max_reply_length: left out');
  const words = {
    payload_hex: payload,
    reply_hex: reply,
    min_reply_length: fit ? least?.value : undefined,
    max_reply_length: most?.value,
  };
  return [{ kind: 'udp', words }];
}

/** A program that looks at a server: without a shell, as keepalived runs it. */
export function readProgram(
  scope: KeepalivedScope,
  server: ProgramTarget,
  statement: Statement,
): readonly DraftCheck[] {
  const path = scope.last('misc_path');
  const program = programText(path?.words.slice(1).flatMap(wordsOfCommand) ?? [], server);
  const dynamic = scope.flag('misc_dynamic');
  if (dynamic) scope.ledger.carried(dynamic);
  if (path === undefined || program === undefined) {
    const reason =
      'lvs.cf cannot hold this command (a path from /, words without quotes): a connection is tried in its place; write kind = program by hand';
    scope.ledger.note(path ?? statement, reason);
    return server.port > 0 ? [CONNECT] : [ALWAYS_UP];
  }
  scope.ledger.carried(path);
  return [{ kind: 'program', words: { program, misc_dynamic: dynamic === undefined ? undefined : true } }];
}
