import { type BerElement, berElement, berElements, berSmall, berText, readBerHeader } from './ber.js';
import {
  DIALOGUE_LIMIT_BYTES,
  type Dialogue,
  type DialogueStep,
  excerpt,
  failedStep,
  MORE,
} from './dialogue.js';
import { Inbox } from './inbox.js';
import type { Login } from './login.js';

const SEQUENCE = 0x30;
const ENUMERATED = 0x0a;
const BIND = 0x60;
const UNBIND = 0x42;
const SEARCH = 0x63;
const SIMPLE = 0x80;
const PRESENT = 0x87;
const BIND_ANSWER = 0x61;
const SEARCH_ENTRY = 0x64;
const SEARCH_DONE = 0x65;
const SEARCH_REFERENCE = 0x73;
const BIND_ID = 1;
const SEARCH_ID = 2;

export interface LdapQuestion {
  /** Undefined: an anonymous bind. */
  readonly login: Login | undefined;
  /** An entry that must exist; undefined: the bind alone decides. */
  readonly searchBase: string | undefined;
}

function message(id: number, operation: Buffer): Buffer {
  return berElement(SEQUENCE, berSmall(id), operation);
}

function bindRequest(login: Login | undefined): Buffer {
  const { user, password } = login ?? { user: '', password: '' };
  return message(BIND_ID, berElement(BIND, berSmall(3), berText(user), berText(password, SIMPLE)));
}

/** Asks for the entry itself, without its attributes. */
function searchRequest(base: string): Buffer {
  const scopeBase = berSmall(0, ENUMERATED);
  const derefNever = berSmall(0, ENUMERATED);
  const sizeLimit = berSmall(1);
  const noTimeLimit = berSmall(0);
  const typesOnly = berSmall(0, 0x01);
  const filter = berText('objectClass', PRESENT);
  const noAttributes = berElement(SEQUENCE, berText('1.1'));
  const parts = [scopeBase, derefNever, sizeLimit, noTimeLimit, typesOnly, filter, noAttributes];
  return message(SEARCH_ID, berElement(SEARCH, berText(base), ...parts));
}

interface LdapMessage {
  readonly id: number;
  readonly operation: BerElement;
}

function readMessage(content: Uint8Array): LdapMessage | undefined {
  const [id, operation] = berElements(content) ?? [];
  if (id?.tag !== 0x02 || id.content.length === 0 || id.content.length > 4) return undefined;
  if (operation === undefined) return undefined;
  return { id: id.content.reduce((sum, byte) => sum * 256 + byte, 0), operation };
}

/** The problem that a result tells of; undefined for success. */
function resultProblem(stage: string, operation: BerElement): string | undefined {
  const [code, , diagnostic] = berElements(operation.content) ?? [];
  if (code?.tag !== ENUMERATED || code.content.length !== 1) return `${stage} is no LDAP result`;
  const result = code.content[0] ?? 0;
  if (result === 0) return undefined;
  const said = diagnostic && diagnostic.content.length > 0 ? ` ${excerpt(diagnostic.content)}` : '';
  return `${stage} was result ${result}${said}`;
}

/** LDAP version 3 (RFC 4511): a simple bind, then an entry that must exist, then unbind. */
export class LdapDialogue implements Dialogue {
  private readonly inbox = new Inbox();
  private entries = 0;
  stage = 'the answer to the bind';

  constructor(private readonly question: LdapQuestion) {}

  start(): DialogueStep {
    const { login } = this.question;
    const bytes = bindRequest(login);
    return login ? { type: 'send', bytes, shown: `bind as ${login.user}` } : { type: 'send', bytes };
  }

  receive(bytes: Uint8Array): DialogueStep {
    this.inbox.push(bytes);
    for (;;) {
      const header = readBerHeader(this.inbox.peek(Math.min(6, this.inbox.length)) ?? new Uint8Array(0));
      if (header === 'short') return MORE;
      if (header === 'bad' || header.tag !== SEQUENCE) return failedStep(`${this.stage} is no LDAP message`);
      const { headerBytes, contentBytes } = header;
      if (headerBytes + contentBytes > DIALOGUE_LIMIT_BYTES) return failedStep(`${this.stage} is too long`);
      const whole = this.inbox.take(headerBytes + contentBytes);
      if (whole === undefined) return MORE;
      const read = readMessage(whole.subarray(headerBytes));
      if (read === undefined) return failedStep(`${this.stage} is no LDAP message`);
      const step = this.take(read);
      if (step.type !== 'more') return step;
    }
  }

  private take({ id, operation }: LdapMessage): DialogueStep {
    if (id === BIND_ID && operation.tag === BIND_ANSWER) return this.bound(operation);
    if (id === SEARCH_ID && operation.tag === SEARCH_REFERENCE) return MORE;
    if (id === SEARCH_ID && operation.tag === SEARCH_ENTRY) {
      this.entries += 1;
      return MORE;
    }
    if (id === SEARCH_ID && operation.tag === SEARCH_DONE) return this.found(operation);
    return failedStep(`${this.stage} is something else`);
  }

  private bound(operation: BerElement): DialogueStep {
    const problem = resultProblem(this.stage, operation);
    if (problem !== undefined) return failedStep(problem);
    const { searchBase } = this.question;
    if (searchBase === undefined) return this.passed('bind accepted');
    this.stage = 'the answer to the search';
    return { type: 'send', bytes: searchRequest(searchBase) };
  }

  private found(operation: BerElement): DialogueStep {
    const problem = resultProblem(this.stage, operation);
    if (problem !== undefined) return failedStep(problem);
    return this.entries > 0 ? this.passed('entry found') : failedStep(`${this.stage} holds no entry`);
  }

  private passed(reason: string): DialogueStep {
    return { type: 'passed', reason, farewell: message(3, Buffer.from([UNBIND, 0])) };
  }
}
