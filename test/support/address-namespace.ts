import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait.js';

const SCRIPT = fileURLToPath(new URL('./kernel-addresses-node.mjs', import.meta.url));

const SHOWN_MESSAGES = 20;

type Message = Readonly<Record<string, unknown>>;

/** A network namespace with eth0 and eth1, each a cable to a peer in the same namespace. */
export class AddressNamespace {
  readonly name = `piranha-addresses-${process.pid}`;
  private readonly nodes: AddressNode[] = [];

  constructor() {
    execFileSync('ip', ['netns', 'add', this.name]);
    this.ip('link set lo up');
    for (const device of ['eth0', 'eth1']) {
      this.ip(`link add ${device} type veth peer name ${device}-peer`);
      for (const end of [device, `${device}-peer`]) {
        // No link-local address that would come up at its own time.
        this.ip(`link set ${end} addrgenmode none`);
        this.ip(`link set ${end} up`);
      }
    }
    this.ip('address add 10.77.0.1/24 broadcast 10.77.0.255 dev eth0');
    this.ip('address add 10.77.0.2/24 broadcast 10.77.0.255 dev eth0');
    this.ip('address add 2001:db8:77::1/64 dev eth0 nodad');
  }

  /** Runs `ip` within the namespace; `words` are split at blanks. */
  ip(words: string): string {
    return execFileSync('ip', ['-n', this.name, ...words.split(' ')], { encoding: 'utf8' });
  }

  sysctl(name: string, value: number): void {
    execFileSync('ip', ['netns', 'exec', this.name, 'sysctl', '-qw', `${name}=${value}`]);
  }

  /** Every address with all its properties, as `ip` prints it. */
  addresses(): unknown {
    const links = JSON.parse(this.ip('-j address')) as { ifname: string; addr_info: unknown[] }[];
    return links.map(({ ifname, addr_info }) => ({ ifname, addr_info }));
  }

  /** Starts a process that holds addresses; `program` is put in front of node. */
  async start(heldFile: string, ...program: readonly string[]): Promise<AddressNode> {
    const command = ['netns', 'exec', this.name, ...program, process.execPath, SCRIPT, heldFile];
    const node = new AddressNode(spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] }));
    this.nodes.push(node);
    await node.answer();
    return node;
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.kill();
    execFileSync('ip', ['netns', 'delete', this.name]);
  }
}

/** The process within the namespace. */
export class AddressNode {
  readonly messages: Message[] = [];
  private answered = 0;
  private readonly exited: Promise<unknown>;

  constructor(private readonly child: ChildProcessByStdio<Writable, Readable, null>) {
    this.exited = once(child, 'exit');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.messages.push(JSON.parse(line) as Message);
    });
  }

  /** Calls a function of the script and gives its answer. */
  async call<Answer>(call: string, value?: unknown): Promise<Answer> {
    this.send(call, value);
    return (await this.answer()) as Answer;
  }

  /** Calls a function that may never answer. */
  send(call: string, value: unknown): void {
    this.child.stdin.write(`${JSON.stringify({ call, value })}\n`);
  }

  /** Waits for the next answer. */
  async answer(): Promise<unknown> {
    const index = this.answered;
    this.answered += 1;
    const details = () => this.tail();
    const probe = () => this.messages.filter((message) => 'answer' in message)[index];
    return (await waitFor('an answer', probe, { details })).answer;
  }

  /** Waits for a message with these properties. */
  async message(wanted: Message): Promise<void> {
    const isIt = (message: Message) =>
      Object.entries(wanted).every(([name, value]) => message[name] === value);
    const details = () => this.tail();
    await waitFor(JSON.stringify(wanted), () => this.messages.some(isIt), { details });
  }

  private tail(): string {
    return this.messages
      .slice(-SHOWN_MESSAGES)
      .map((message) => JSON.stringify(message))
      .join('\n');
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
