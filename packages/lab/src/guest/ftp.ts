import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Namespace } from './namespace.js';

/** As much of FTP as a transfer takes (RFC 959), to see what becomes of the addresses inside it. */

const CONTROL_PORT = 21;
const DATA_PORT = 20;
const LIMIT_MS = 10_000;

/** `10,0,0,1,4,1` of an address with its port. */
function hostPort(address: string, port: number): string {
  return [...address.split('.'), port >> 8, port & 255].join(',');
}

/** The address and port in a text with six numbers. */
function readHostPort(text: string): { readonly address: string; readonly port: number } {
  const numbers = /(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  const [a, b, c, d, high = 0, low = 0] = numbers;
  return { address: [a, b, c, d].join('.'), port: high * 256 + low };
}

/** An FTP server whose every file holds its name. */
export class FtpServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly name: string,
    private readonly host: Namespace,
    private readonly address = '0.0.0.0',
  ) {
    this.server = createServer((control) => this.session(control));
  }

  start(): Promise<void> {
    return this.host.listen(this.server, CONTROL_PORT, this.address);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private session(control: Socket): void {
    this.sockets.add(control);
    control.once('close', () => this.sockets.delete(control));
    const commands = createInterface({ input: control });
    // A check that only connects ends with a reset; the interface repeats its input's error.
    for (const emitter of [control, commands]) emitter.on('error', () => undefined);
    const say = (line: string): void => void control.write(`${line}\r\n`);
    let data: Promise<Socket> | undefined;
    say('220 ready');
    commands.on('line', async (line) => {
      if (line.startsWith('PASV')) {
        const passive = await this.listenForData();
        data = passive.connection;
        say(`227 Entering Passive Mode (${hostPort(control.localAddress ?? '', passive.port)})`);
      } else if (line.startsWith('PORT')) {
        data = this.connectData(control.localAddress, readHostPort(line));
        say('200 ok');
      } else if (line.startsWith('RETR')) {
        say('150 here it comes');
        (await data)?.end(`${this.name}\n`);
        say('226 done');
      } else say('230 ok');
    });
  }

  private async listenForData(): Promise<{ readonly port: number; readonly connection: Promise<Socket> }> {
    const server = createServer();
    const connection = new Promise<Socket>((resolve) => {
      server.once('connection', (socket: Socket) => {
        server.close();
        resolve(socket);
      });
    });
    await this.host.listen(server, 0, this.address);
    return { port: (server.address() as { port: number }).port, connection };
  }

  /** From the port that a client of active FTP expects. */
  private connectData(
    own: string | undefined,
    { address, port }: { readonly address: string; readonly port: number },
  ): Promise<Socket> {
    const socket = this.host.connect(address, port, {
      ...(own === undefined ? {} : { localAddress: own }),
      localPort: DATA_PORT,
    });
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
  }
}

/** What a client fetched, and with whom its data connection was. */
export interface FtpTransfer {
  readonly text: string;
  readonly dataAddress: string;
}

/** Fetches a file. @param own the client's address, for active FTP; undefined for passive FTP */
export async function ftpGet(client: Namespace, address: string, own?: string): Promise<FtpTransfer> {
  const control = client.connect(address, CONTROL_PORT);
  control.setTimeout(LIMIT_MS, () => control.destroy(new Error('the FTP server is silent')));
  const lines = createInterface({ input: control })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => String((await lines.next()).value);
  const ask = (line: string): Promise<string> => {
    control.write(`${line}\r\n`);
    return answer();
  };
  try {
    await answer();
    await ask('USER anonymous');
    const { data } = await (own === undefined ? passiveData(client, ask) : activeData(client, own, ask));
    const fetched = ask('RETR name');
    const { connection, address: dataAddress } = await data;
    const text = await textOf(connection);
    await fetched;
    return { text: text.trim(), dataAddress };
  } finally {
    control.destroy();
  }
}

type Ask = (line: string) => Promise<string>;
/** The data connection, which exists only once the transfer was asked for. */
interface Prepared {
  readonly data: Promise<{ readonly connection: Socket; readonly address: string }>;
}

async function passiveData(client: Namespace, ask: Ask): Promise<Prepared> {
  const { address, port } = readHostPort(await ask('PASV'));
  return { data: Promise.resolve({ connection: client.connect(address, port), address }) };
}

async function activeData(client: Namespace, own: string, ask: Ask): Promise<Prepared> {
  const server = createServer();
  const data: Prepared['data'] = new Promise((resolve) => {
    server.once('connection', (connection: Socket) => {
      server.close();
      resolve({ connection, address: connection.remoteAddress ?? '' });
    });
  });
  await client.listen(server, 0, own);
  await ask(`PORT ${hostPort(own, (server.address() as { port: number }).port)}`);
  return { data };
}

function textOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error('no data came')));
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.once('end', () => resolve(text));
    socket.once('error', reject);
  });
}
