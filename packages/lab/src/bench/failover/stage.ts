import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Namespace } from '../../guest/namespace.js';

const PROBE = fileURLToPath(new URL('./probe.js', import.meta.url));
const PORT = 9000;
/** The bench's own names: nothing else on the machine is touched. */
const PREFIX = `pbench-${process.pid}`;
const END_LIMIT_MS = 5_000;

/** The virtual address of the bench. */
export const VIRTUAL_ADDRESS = '10.99.0.100';

/** The two directors: `a` is the preferred one, which holds the address before the event. */
export const SIDES = ['a', 'b'] as const;
export type Side = (typeof SIDES)[number];

const HOSTS = { a: '10.99.0.1', b: '10.99.0.2', client: '10.99.0.3' } as const;
type Host = keyof typeof HOSTS;

/** Time and letter of each answer that the client got. */
export type Answers = readonly (readonly [number, string])[];

/** A director's own address. */
export function addressOf(side: Side): string {
  return HOSTS[side];
}

/** A director's address on the network between the two directors. */
export function privateAddressOf(side: Side): string {
  return HOSTS[side].replace(/^10\.99\./, '10.98.');
}

interface Wire {
  readonly port: string;
  readonly bridge: string;
  readonly device: string;
  /** IPv4, of a network of 256. */
  readonly address: string;
}

/** Two directors and a client, each in a namespace of this machine's kernel, around a bridge in a fourth. */
export class FailoverStage {
  private readonly hosts = new Map<Host, Namespace>();
  private readonly responders = new Map<Side, ChildProcess>();
  private switchboard: Namespace | undefined;
  private client: ChildProcess | undefined;
  private beatMs: number | undefined;
  private beats: ChildProcess | undefined;

  /** Makes namespaces and wires and starts the responders. */
  async open(): Promise<void> {
    this.switchboard = makeNamespace('switch');
    for (const bridge of ['bridge0', 'bridge1']) {
      this.switchboard.ip(
        `link add name ${bridge} type bridge stp_state 0 forward_delay 0`,
        `link set dev ${bridge} up`,
      );
    }
    for (const [host, address] of Object.entries(HOSTS) as [Host, string][]) {
      const namespace = makeNamespace(host);
      this.hosts.set(host, namespace);
      namespace.ip('link set dev lo up');
      this.wire(namespace, { port: `port-${host}`, bridge: 'bridge0', device: 'eth0', address });
    }
    for (const side of SIDES) {
      const address = privateAddressOf(side);
      this.wire(this.host(side), { port: `private-${side}`, bridge: 'bridge1', device: 'eth1', address });
    }
    for (const side of SIDES) await this.respond(side);
  }

  host(host: Host): Namespace {
    const namespace = this.hosts.get(host);
    if (namespace === undefined) throw new Error(`no host ${host}`);
    return namespace;
  }

  /** The client asks from now on, and the beats of `a` are watched where `b` gets them. */
  startClient(): void {
    this.client = this.probe('client', 'client', VIRTUAL_ADDRESS);
    this.beats = this.probe('b', 'beats', addressOf('a'));
    this.beatMs = undefined;
    if (this.beats.stdout) {
      createInterface({ input: this.beats.stdout }).on('line', (line) => {
        this.beatMs = Number(line);
      });
    }
  }

  /** When the latest beat of `a` reached `b`, monotonic ms; undefined before the first one. */
  get latestBeatMs(): number | undefined {
    return this.beatMs;
  }

  /** Ends the client and gives everything it heard. */
  async answers(): Promise<Answers> {
    const { client } = this;
    this.client = undefined;
    return (await wordsOf(client)) as Answers;
  }

  /** Ends the watch of the beats and gives when the last one arrived, monotonic ms. */
  async lastBeatMs(): Promise<number | undefined> {
    const { beats } = this;
    this.beats = undefined;
    beats?.stdin?.end();
    if (beats && beats.exitCode === null) await once(beats, 'close');
    return this.beatMs;
  }

  /** Whether a director's kernel has the virtual address; cheap enough to be asked each 20 ms. */
  holds(side: Side): boolean {
    return this.host(side).run(() =>
      readFileSync('/proc/thread-self/net/fib_trie', 'utf8').includes(`|-- ${VIRTUAL_ADDRESS}\n`),
    );
  }

  /** The machine loses power: what answers there ends, and its cables are out. */
  cut(side: Side): void {
    this.responders.get(side)?.kill('SIGKILL');
    this.switchboard?.ip(`link set dev port-${side} down`, `link set dev private-${side} down`);
  }

  /** Everything is as it was at first, for the next run. */
  async mend(): Promise<void> {
    for (const child of this.watchers()) child.kill('SIGKILL');
    this.client = undefined;
    this.beats = undefined;
    for (const side of SIDES) {
      // Keepalived's and pulse's addresses alike; their own address stays.
      if (this.holds(side)) this.host(side).ip(`addr del ${VIRTUAL_ADDRESS}/32 dev eth0`);
      this.switchboard?.ip(`link set dev port-${side} up`, `link set dev private-${side} up`);
      const responder = this.responders.get(side);
      if (responder?.exitCode !== null || responder.signalCode !== null) await this.respond(side);
    }
    this.host('client').ip('neigh flush dev eth0');
  }

  /** Ends what this stage started and deletes its namespaces; also after an open that failed. */
  async close(): Promise<void> {
    const children = [...this.responders.values(), ...this.watchers()];
    for (const child of children) child.kill('SIGKILL');
    const ended = Promise.all(
      children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'close')),
    );
    await Promise.race([ended, pause(END_LIMIT_MS, undefined, { ref: false })]);
    this.removeNamespaces();
  }

  /** The part of close that a signal leaves time for. */
  removeNamespaces(): void {
    for (const child of [...this.responders.values(), ...this.watchers()]) child.kill('SIGKILL');
    const made = [...this.hosts.values(), ...(this.switchboard ? [this.switchboard] : [])];
    this.hosts.clear();
    this.switchboard = undefined;
    for (const namespace of made) {
      namespace.close();
      execFileSync('ip', ['netns', 'delete', namespace.name], { stdio: 'pipe' });
    }
  }

  private watchers(): readonly ChildProcess[] {
    return [this.client, this.beats].filter((child) => child !== undefined);
  }

  /** Wires a namespace to a bridge: its interface, and the bridge's port. */
  private wire(namespace: Namespace, { port, bridge, device, address }: Wire): void {
    this.switchboard?.ip(
      `link add name ${port} type veth peer name ${device} netns ${namespace.name}`,
      `link set dev ${port} master ${bridge} up`,
    );
    namespace.ip(`addr add ${address}/24 dev ${device}`, `link set dev ${device} up`);
  }

  private async respond(side: Side): Promise<void> {
    const responder = this.probe(side, 'responder', side);
    this.responders.set(side, responder);
    if (responder.stdout) await once(responder.stdout, 'data');
  }

  private probe(host: Host, role: string, word: string): ChildProcess {
    const args = [PROBE, role, word, String(PORT)];
    return this.host(host).spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  }
}

/** Ends a process of the bench and gives what it had to say. */
async function wordsOf(child: ChildProcess | undefined): Promise<unknown> {
  if (!child?.stdout) throw new Error('the client does not run');
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin?.end();
  await once(child, 'close');
  return JSON.parse(Buffer.concat(chunks).toString());
}

function makeNamespace(name: string): Namespace {
  const full = `${PREFIX}-${name}`;
  execFileSync('ip', ['netns', 'add', full], { stdio: 'pipe' });
  return new Namespace(full);
}
