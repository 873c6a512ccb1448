import {
  DIALOGUE_LIMIT_BYTES,
  type Dialogue,
  type DialogueStep,
  excerpt,
  failedStep,
  MORE,
} from './dialogue.js';
import type { Digests } from './digests.js';
import { Inbox } from './inbox.js';
import { ROUNDS_LIMIT, roundsOf, Scram } from './scram.js';

export interface PostgresqlQuestion {
  readonly user: string;
  readonly database: string;
  /** Undefined: any answer of a server that takes connections is enough. */
  readonly password: string | undefined;
  /** Which proofs of the password may be given. */
  readonly methods: 'any' | 'md5' | 'scram';
}

const PROTOCOL_3 = 196_608;
const TERMINATE = postgresqlMessage('X', Buffer.alloc(0));
const SCRAM = 'SCRAM-SHA-256';
/** Classes and codes of errors that mean: no connections now. 53: out of resources; 57P: shutdown or start; XX: broken. */
const NO_SERVICE = /^(53|57P|58|XX)/;

function postgresqlMessage(type: string, body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type, 'latin1'), length, body]);
}

function startupMessage({ user, database }: PostgresqlQuestion): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(PROTOCOL_3);
  const words = `user\0${user}\0database\0${database}\0application_name\0nanny\0\0`;
  return postgresqlMessage('', Buffer.concat([version, Buffer.from(words, 'utf8')]));
}

/** PostgreSQL, protocol 3: the answer to a start message; with a password a login up to "ready for query". */
export class PostgresqlDialogue implements Dialogue {
  private readonly inbox = new Inbox();
  private scram: Scram | undefined;
  private isProven = false;
  stage = 'the answer to the start';

  /** @param nonce a fresh random text of printable ASCII without commas */
  constructor(
    private readonly question: PostgresqlQuestion,
    private readonly nonce: string,
    private readonly digests: Digests,
  ) {}

  start(): DialogueStep {
    return { type: 'send', bytes: startupMessage(this.question) };
  }

  receive(bytes: Uint8Array): DialogueStep {
    this.inbox.push(bytes);
    for (;;) {
      const header = this.inbox.peek(Math.min(5, this.inbox.length)) ?? Buffer.alloc(0);
      if (header.length > 0 && !/[A-Za-z]/.test(String.fromCharCode(header[0] ?? 0))) return this.foreign();
      if (header.length < 5) return MORE;
      const bodyBytes = header.readUInt32BE(1) - 4;
      if (bodyBytes < 0 || bodyBytes > DIALOGUE_LIMIT_BYTES - 5) return this.foreign();
      const whole = this.inbox.take(5 + bodyBytes);
      if (whole === undefined) return MORE;
      const step = this.take(String.fromCharCode(whole[0] ?? 0), whole.subarray(5));
      if (step.type !== 'more') return step;
    }
  }

  private foreign(): DialogueStep {
    return failedStep(`${this.stage} is no PostgreSQL message`);
  }

  private take(type: string, body: Buffer): DialogueStep {
    if (type === 'E') return this.refused(body);
    if (type === 'R') return this.authentication(body);
    // Notices, parameters, the key for cancelling and other protocol versions are no news.
    if ('NSKv'.includes(type)) return MORE;
    if (type === 'Z' && this.isProven)
      return { type: 'passed', reason: 'ready for query', farewell: TERMINATE };
    return this.foreign();
  }

  private refused(body: Buffer): DialogueStep {
    const fields = body.toString('utf8').split('\0');
    const field = (letter: string) => fields.find((text) => text.startsWith(letter))?.slice(1) ?? '';
    const code = field('C');
    if (this.question.password === undefined && code.length === 5 && !NO_SERVICE.test(code)) {
      return passed('answered, though with a refusal');
    }
    return failedStep(`${this.stage} was error ${excerpt(`${code} ${field('M')}`)}`);
  }

  private authentication(body: Buffer): DialogueStep {
    if (body.length < 4) return this.foreign();
    const request = body.readUInt32BE(0);
    if (request === 0) return this.accepted();
    const { password, user } = this.question;
    if (password === undefined) return passed('asks for a password');
    if (request === 5 && body.length >= 8) return this.proveByMd5(user, password, body.subarray(4, 8));
    if (request === 10) return this.beginScram(password, body.subarray(4));
    if (request === 11) return this.proveByScram(body.subarray(4));
    if (request === 12) {
      this.isProven = this.scram?.confirms(body.toString('latin1', 4)) ?? false;
      return this.isProven ? MORE : failedStep('the server does not know the password itself');
    }
    return failedStep('the server asks for the password in a way that is not allowed');
  }

  private accepted(): DialogueStep {
    // Somebody who answers a scram login early has proven nothing.
    if (this.scram && !this.isProven) return failedStep('the server ended the login early');
    this.isProven = true;
    this.stage = 'what follows the login';
    return MORE;
  }

  private proveByMd5(user: string, password: string, salt: Buffer): DialogueStep {
    if (this.question.methods === 'scram' || this.scram) return failedStep('the server asks for md5');
    const { md5Hex } = this.digests;
    const inner = md5Hex(Buffer.from(`${password}${user}`, 'utf8'));
    const outer = md5Hex(Buffer.concat([Buffer.from(inner), salt]));
    return this.answer(Buffer.from(`md5${outer}\0`));
  }

  private beginScram(password: string, list: Buffer): DialogueStep {
    if (this.question.methods === 'md5' || this.scram) return failedStep('the server asks for scram');
    if (!list.toString('latin1').split('\0').includes(SCRAM))
      return failedStep(`the server offers no ${SCRAM}`);
    // The user's name is taken from the start message.
    this.scram = new Scram({ user: '', password }, this.nonce, this.digests);
    const first = Buffer.from(this.scram.first(), 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(first.length);
    return this.answer(Buffer.concat([Buffer.from(`${SCRAM}\0`), length, first]));
  }

  private proveByScram(serverFirst: Buffer): DialogueStep {
    const text = serverFirst.toString('latin1');
    const rounds = roundsOf(text) ?? 0;
    if (this.scram && rounds > ROUNDS_LIMIT)
      return failedStep(
        `the server asks for ${rounds} rounds of scram, at most ${ROUNDS_LIMIT} are computed`,
      );
    const final = this.scram?.final(text);
    if (final === undefined) return failedStep("the server's scram message is not acceptable");
    return this.answer(Buffer.from(final, 'utf8'));
  }

  private answer(body: Buffer): DialogueStep {
    this.stage = 'the answer to the login';
    return { type: 'send', bytes: postgresqlMessage('p', body) };
  }
}

/** Before the login is over no farewell is due. */
function passed(reason: string): DialogueStep {
  return { type: 'passed', reason };
}
