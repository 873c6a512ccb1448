import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryPath } from '@piranha/common';
import { markedEnvironment } from './processes.js';

const LIMIT_MS = 120_000;
const INIT_SCRIPTS = fileURLToPath(new URL('../../etc/init.d', import.meta.url));
const HTTP_SERVER = fileURLToPath(new URL('http-server.mjs', import.meta.url));

/** Interfaces of a machine: network that each is plugged into, and its address with prefix length. */
export type Interfaces = Readonly<Record<string, readonly [network: string, address: string]>>;

/** Makes a machine of one's own from namespaces: /run and changes of /etc are seen by nobody else. */
const SETUP = `
mount -t tmpfs none /run
mkdir -p /run/upper /run/work /run/lock
mount -t overlay none -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work /etc
mount -t sysfs none /sys
ip link set lo up
echo ready
exec sleep 600
`;

/** What a command printed, on both streams in order, and how it ended. */
export interface CommandEnd {
  readonly status: number | null;
  readonly output: string;
}

/** Machines in namespaces on networks of their own. What runs on a machine ends with it. */
export class Machines {
  readonly directory = mkdtempSync(join(tmpdir(), 'piranha-machines-'));
  private readonly children = new Map<string, { readonly child: ChildProcess; readonly pid: number }>();
  private readonly networks = new Set<string>();

  /** Boots the machine in which the networks are bridges. */
  async open(): Promise<void> {
    mkdirSync(join(this.directory, 'bin'));
    this.programs();
    await this.boot('switch');
  }

  /** Boots a machine and plugs it in. */
  async add(name: string, interfaces: Interfaces): Promise<void> {
    const pid = await this.boot(name);
    for (const [device, [network, address]] of Object.entries(interfaces)) {
      if (!this.networks.has(network)) {
        this.networks.add(network);
        await this.must('switch', `ip link add ${network} type bridge && ip link set ${network} up`);
      }
      const port = `p${pid}${device}`;
      this.inNetwork('switch', `ip link add ${port} type veth peer name ${device} netns ${pid}`);
      await this.must('switch', `ip link set ${port} master ${network} up`);
      await this.must(name, `ip address add ${address} dev ${device} && ip link set ${device} up`);
    }
    const programs = { pulse: 'PULSE', 'lvs-realserver': 'REALSERVER' };
    const settings = Object.entries(programs).map(
      ([program, word]) => `echo ${word}=${join(this.directory, 'bin', program)} >/etc/sysconfig/${program}`,
    );
    await this.must(name, ['mkdir -p /etc/sysconfig/ha', ...settings].join(' && '));
  }

  /** Runs shell text on a machine, in the directory of the machines. */
  async run(name: string, text: string): Promise<CommandEnd> {
    const options = ['-t', `${this.pid(name)}`, '-m', '-n', '-p', `--wdns=${this.directory}`];
    const child = spawn('nsenter', [...options, 'sh', '-ec', `exec 2>&1; ${text}`], {
      timeout: LIMIT_MS,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: this.environment,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, output };
  }

  /** As run(), for what has to succeed. */
  async must(name: string, text: string): Promise<void> {
    const { status, output } = await this.run(name, text);
    if (status !== 0) throw new Error(`${name}: ${text}: ${status}\n${output}`);
  }

  /** A file of a machine, by its absolute path there. */
  path(name: string, file: string): string {
    return `/proc/${this.pid(name)}/root${file}`;
  }

  /** Starts a small web server on all addresses of a machine. */
  async serve(name: string, port: number): Promise<void> {
    const host = ['-t', `${this.pid(name)}`, '-n', '-p'];
    const child = spawn('nsenter', [...host, process.execPath, HTTP_SERVER, '0.0.0.0', `${port}`, name], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    child.unref();
    child.channel?.unref();
  }

  async close(): Promise<void> {
    for (const { child } of this.children.values()) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    this.children.clear();
    rmSync(this.directory, { recursive: true });
  }

  private get environment(): NodeJS.ProcessEnv {
    const marked = markedEnvironment(this.directory);
    return { ...marked, PATH: `${join(this.directory, 'bin')}:${marked.PATH}` };
  }

  private pid(name: string): number {
    const found = this.children.get(name);
    if (found === undefined) throw new Error(`no machine ${name}`);
    return found.pid;
  }

  /** As must(), with the process numbers of this machine: a cable needs that of its other end. */
  private inNetwork(name: string, text: string): void {
    execFileSync('nsenter', ['-t', `${this.pid(name)}`, '-n', 'sh', '-ec', text]);
  }

  private async boot(name: string): Promise<number> {
    const flags = ['-m', '-n', '-p', '--fork', '--kill-child', '--mount-proc'];
    const child = spawn('unshare', [...flags, 'sh', '-ec', SETUP], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: this.environment,
    });
    const { stdout } = child;
    if (stdout === null) throw new Error('no output');
    await Promise.race([
      once(stdout, 'data'),
      once(child, 'exit').then(() => {
        throw new Error(`${name} does not boot`);
      }),
    ]);
    const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim());
    this.children.set(name, { child, pid });
    return pid;
  }

  /** The programs of the suite, and stand-ins for what needs the kernel's IPVS or more of a system. */
  private programs(): void {
    const node = (program: 'lvsctl' | 'lvs-realserver' | 'pulse') =>
      `exec "${process.execPath}" "${binaryPath(program)}"`;
    this.program('lvsctl', `${node('lvsctl')} "$@"`);
    this.program('lvs-realserver', `${node('lvs-realserver')} "$@"`);
    // The service insists on the kernel's table; here the same pair runs with a table in memory.
    this.program(
      'pulse',
      `[ "$1 $2" = '--director kernel' ] && shift 2 && ${node('pulse')} --director memory "$@"`,
    );
    this.program('service', `script=$1; shift; exec sh "${INIT_SCRIPTS}/$script" "$@"`);
    // A module is there as far as anybody can see.
    this.program('modprobe', 'mount -t tmpfs none /sys/module && mkdir "/sys/module/$1"');
  }

  private program(name: string, body: string): void {
    const file = join(this.directory, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }
}
