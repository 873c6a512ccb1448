import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';

/** A certificate for localhost and 127.0.0.1 that signs itself; good for a hundred years. */
export const CERTIFICATE_FILE = fileURLToPath(new URL('../fixtures/tls-certificate.pem', import.meta.url));
const KEY_FILE = fileURLToPath(new URL('../fixtures/tls-key.pem', import.meta.url));

export interface SmtpServerOptions {
  readonly tls?: 'none' | 'starttls' | 'implicit';
  readonly login?: { readonly user: string; readonly password: string };
  /** Ways to log in that it offers; both unless told. */
  readonly methods?: 'PLAIN' | 'LOGIN';
  /** Takes connections and says nothing. */
  readonly mute?: boolean;
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly encrypted: boolean;
  readonly user: string | undefined;
}

/** What one connection has reached. */
interface Talk {
  user: string | undefined;
  from: string;
  to: string[];
  data: string[] | undefined;
}

/** A small mail server on 127.0.0.1: greeting, STARTTLS, AUTH PLAIN and LOGIN, one mail after another. */
export class SmtpServer {
  readonly mails: ReceivedMail[] = [];
  connections = 0;
  /** An answer to MAIL FROM instead of the good one. */
  refusal: string | undefined;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly options: SmtpServerOptions) {
    const key = readFileSync(KEY_FILE);
    const cert = readFileSync(CERTIFICATE_FILE);
    const take = (socket: Socket): void => this.take(socket, options.tls === 'implicit');
    this.server = options.tls === 'implicit' ? createTlsServer({ key, cert }, take) : createServer(take);
    this.server.on('tlsClientError', () => undefined);
  }

  static async start(options: SmtpServerOptions = {}): Promise<SmtpServer> {
    const smtp = new SmtpServer(options);
    smtp.server.listen(0, '127.0.0.1');
    await once(smtp.server, 'listening');
    return smtp;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(socket: Socket, encrypted: boolean): void {
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    if (this.options.mute === true) return;
    socket.write('220 test ESMTP\r\n');
    this.listen(socket, encrypted);
  }

  private listen(socket: Socket, encrypted: boolean): void {
    const talk: Talk = { user: undefined, from: '', to: [], data: undefined };
    let text = '';
    let login: string[] | undefined;
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (/^STARTTLS$/i.test(line)) {
          socket.off('data', onData);
          this.encrypt(socket);
          return;
        }
        if (/^AUTH LOGIN$/i.test(line)) {
          login = [];
          socket.write('334 VXNlcm5hbWU6\r\n');
        } else if (login !== undefined) {
          login.push(Buffer.from(line, 'base64').toString('utf8'));
          if (login.length === 1) socket.write('334 UGFzc3dvcmQ6\r\n');
          else {
            socket.write(this.logIn(talk, line, login[0] ?? '', login[1] ?? ''));
            login = undefined;
          }
        } else socket.write(this.answer(talk, line, encrypted));
      }
    };
    socket.on('data', onData);
  }

  private encrypt(socket: Socket): void {
    socket.write('220 go ahead\r\n');
    const secureContext = createSecureContext({
      key: readFileSync(KEY_FILE),
      cert: readFileSync(CERTIFICATE_FILE),
    });
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    secure.on('error', () => undefined);
    this.listen(secure, true);
  }

  private answer(talk: Talk, line: string, encrypted: boolean): string {
    if (talk.data !== undefined) {
      if (line !== '.') {
        talk.data.push(line.startsWith('..') ? line.slice(1) : line);
        return '';
      }
      const { from, to, user, data } = talk;
      this.mails.push({ from, to, text: data.join('\n'), encrypted, user });
      Object.assign(talk, { from: '', to: [], data: undefined });
      return '250 taken\r\n';
    }
    const [verb = '', ...words] = line.split(' ');
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return this.features(encrypted);
      case 'AUTH': {
        const [, user = '', password = ''] = Buffer.from(words[1] ?? '', 'base64')
          .toString('utf8')
          .split('\0');
        return this.logIn(talk, line, user, password);
      }
      case 'MAIL':
        if (this.refusal !== undefined) return `${this.refusal}\r\n`;
        if (this.options.login !== undefined && talk.user === undefined) return '530 log in first\r\n';
        talk.from = /<(.*?)>/.exec(line)?.[1] ?? '';
        return '250 ok\r\n';
      case 'RCPT':
        talk.to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
        return '250 ok\r\n';
      case 'DATA':
        talk.data = [];
        return '354 go on\r\n';
      default:
        return '250 ok\r\n';
    }
  }

  private features(encrypted: boolean): string {
    const words = ['test'];
    if (this.options.tls === 'starttls' && !encrypted) words.push('STARTTLS');
    if (this.options.login !== undefined) words.push(`AUTH ${this.options.methods ?? 'PLAIN LOGIN'}`);
    return words.map((word, index) => `250${index === words.length - 1 ? ' ' : '-'}${word}\r\n`).join('');
  }

  /** A bad one is told with all that was sent, as it was sent and as it was meant. */
  private logIn(talk: Talk, line: string, user: string, password: string): string {
    const { login } = this.options;
    if (login?.user !== user || login.password !== password) {
      return `535 bad login ${user} ${password} by ${line}\r\n`;
    }
    talk.user = user;
    return '235 welcome\r\n';
  }
}
