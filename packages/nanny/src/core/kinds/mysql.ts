import { DIALOGUE_LIMIT_BYTES, type Dialogue, type DialogueStep, failedStep, MORE } from './dialogue.js';
import { combined, type Digests } from './digests.js';
import { Inbox } from './inbox.js';
import type { Login } from './login.js';
import { loginPacket, mysqlPacket, readGreeting, readMysqlError, readSwitch } from './mysql-packets.js';

const OK = 0x00;
const MORE_DATA = 0x01;
const SWITCH = 0xfe;
const ERROR = 0xff;
const KEY_REQUEST = 0x02;
const FAST_LOGIN = 0x03;
const FULL_LOGIN = 0x04;
const QUIT = mysqlPacket(0, Buffer.from([1]));

export interface MysqlQuestion {
  /** Undefined: the greeting alone decides. */
  readonly login: Login | undefined;
  /** The server's own key may be asked for where it wants the password itself; somebody between could give his. */
  readonly asksForKey: boolean;
}

/** MySQL and MariaDB, protocol 10: the greeting; with a login also that, without ever sending the password bare. */
export class MysqlDialogue implements Dialogue {
  private readonly inbox = new Inbox();
  private nonce: Buffer = Buffer.alloc(0);
  private sequence = 0;
  stage = 'the greeting';

  constructor(
    private readonly question: MysqlQuestion,
    private readonly digests: Digests,
  ) {}

  start(): DialogueStep {
    return MORE;
  }

  receive(bytes: Uint8Array): DialogueStep {
    this.inbox.push(bytes);
    for (;;) {
      const header = this.inbox.peek(4);
      if (header === undefined) return MORE;
      const payloadBytes = header.readUIntLE(0, 3);
      if (payloadBytes === 0 || payloadBytes > DIALOGUE_LIMIT_BYTES - 4) {
        return failedStep(`${this.stage} is no MySQL packet`);
      }
      const packet = this.inbox.take(4 + payloadBytes);
      if (packet === undefined) return MORE;
      this.sequence = packet.readUInt8(3);
      const step = this.take(packet.subarray(4));
      if (step.type !== 'more') return step;
    }
  }

  private take(payload: Buffer): DialogueStep {
    if (payload[0] === ERROR) return failedStep(`${this.stage} was ${readMysqlError(payload)}`);
    if (this.stage === 'the greeting') return this.greeted(payload);
    if (payload[0] === OK) return { type: 'passed', reason: 'logged in', farewell: QUIT };
    if (payload[0] === SWITCH) return this.switched(payload);
    if (payload[0] === MORE_DATA) return this.moreData(payload.subarray(1));
    return failedStep(`${this.stage} is something else`);
  }

  private greeted(payload: Buffer): DialogueStep {
    const greeting = readGreeting(payload);
    if (greeting === undefined) return failedStep(`${this.stage} is none of MySQL's protocol 10`);
    const { login } = this.question;
    if (login === undefined) return { type: 'passed', reason: 'greeting received' };
    this.stage = 'the answer to the login';
    this.nonce = greeting.nonce;
    // Another default of the server is no hindrance: it says which way the user has.
    const plugin = this.proof(greeting.plugin) ? greeting.plugin : 'mysql_native_password';
    const proof = this.proof(plugin) ?? Buffer.alloc(0);
    return { type: 'send', bytes: loginPacket(login.user, proof, plugin) };
  }

  private switched(payload: Buffer): DialogueStep {
    const wanted = readSwitch(payload);
    if (wanted === undefined) return failedStep('the server wants a login of before MySQL 4.1');
    this.nonce = wanted.nonce;
    const proof = this.proof(wanted.plugin);
    if (proof === undefined) return failedStep('the server wants a kind of login that is not supported');
    return this.send(proof);
  }

  private moreData(data: Buffer): DialogueStep {
    if (data[0] === FAST_LOGIN) return MORE;
    const { login, asksForKey } = this.question;
    if (data[0] === FULL_LOGIN) {
      if (asksForKey) return this.send(Buffer.from([KEY_REQUEST]));
      return failedStep('the server wants the password itself: see get_server_public_key');
    }
    if (!asksForKey || !data.toString('latin1').startsWith('-----BEGIN PUBLIC KEY-----')) {
      return failedStep(`${this.stage} is something else`);
    }
    const hidden = combined(Buffer.from(`${login?.password ?? ''}\0`, 'utf8'), this.nonce);
    const sealed = this.digests.encryptFor(data.toString('latin1'), hidden);
    return sealed ? this.send(sealed) : failedStep("the server's public key is unusable");
  }

  /** What proves the password without showing it; undefined for ways that are not known. */
  private proof(plugin: string): Buffer | undefined {
    const password = Buffer.from(this.question.login?.password ?? '', 'utf8');
    const { sha1, sha256 } = this.digests;
    if (plugin === 'mysql_native_password') {
      if (password.length === 0) return Buffer.alloc(0);
      const once = sha1(password);
      return combined(once, sha1(Buffer.concat([this.nonce, sha1(once)])));
    }
    if (plugin !== 'caching_sha2_password') return undefined;
    if (password.length === 0) return Buffer.alloc(0);
    const once = sha256(password);
    return combined(once, sha256(Buffer.concat([sha256(once), this.nonce])));
  }

  private send(payload: Buffer): DialogueStep {
    return { type: 'send', bytes: mysqlPacket(this.sequence + 1, payload) };
  }
}
