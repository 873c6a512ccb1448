import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';

const WAIT = { timeout: 20_000, interval: 10 };

/** A process within a host: its output so far, and its end. */
export interface HostProcess {
  readonly child: ChildProcess;
  lines(): readonly string[];
  stderr(): string;
  /** Exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** Two network namespaces, each with an `eth0`, joined by a cable. */
export class TwoHosts {
  private readonly processes: HostProcess[] = [];
  readonly near = `piranha-near-${process.pid}`;
  readonly far = `piranha-far-${process.pid}`;

  constructor() {
    for (const host of [this.near, this.far]) {
      ip('netns', 'add', host);
      this.ip(host, 'link', 'set', 'lo', 'up');
    }
    this.plug();
  }

  /** Puts in a new cable, with addresses 10.77.0.1 and .2, fd00:77::1 and ::2. */
  plug(): void {
    this.ip(this.near, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.far);
    for (const [index, host] of [this.near, this.far].entries()) {
      this.ip(host, 'address', 'add', `10.77.0.${index + 1}/24`, 'dev', 'eth0');
      this.ip(host, 'link', 'set', 'eth0', 'up');
      this.ip(host, 'address', 'add', `fd00:77::${index + 1}/64`, 'dev', 'eth0', 'nodad');
    }
  }

  unplug(): void {
    this.ip(this.near, 'link', 'delete', 'eth0');
  }

  /** Runs `ip` within a host. */
  ip(host: string, ...args: readonly string[]): string {
    return ip('-n', host, ...args);
  }

  /** Hardware address of a host's eth0. */
  mac(host: string): string {
    return /link\/ether (\S+)/.exec(this.ip(host, 'link', 'show', 'eth0'))?.[1] ?? '';
  }

  /** Hardware address that a host's neighbour cache has for an address; empty for none. */
  neighbour(host: string, address: string): string {
    return /lladdr (\S+)/.exec(this.ip(host, 'neigh', 'show', 'to', address, 'dev', 'eth0'))?.[1] ?? '';
  }

  spawn(host: string, program: string, ...args: readonly string[]): HostProcess {
    const child = spawn('ip', ['netns', 'exec', host, program, ...args], { stdio: 'pipe' });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    const started: HostProcess = {
      child,
      lines: () => output.stdout.split('\n').slice(0, -1),
      stderr: () => output.stderr,
      ended: once(child, 'close').then(([status, signal]) => (status as number | null) ?? String(signal)),
    };
    this.processes.push(started);
    return started;
  }

  /** A script of test/support that says `ready` first. */
  async script(host: string, name: string, ...args: readonly string[]): Promise<HostProcess> {
    const started = this.spawn(host, process.execPath, `test/support/${name}`, ...args);
    await vi.waitFor(() => {
      if (started.lines()[0] !== 'ready') throw new Error(`${name} is not ready: ${started.stderr()}`);
    }, WAIT);
    return started;
  }

  /** Ends every process of the hosts. */
  async removeProcesses(): Promise<void> {
    for (const { child, ended } of this.processes.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
  }

  async remove(): Promise<void> {
    await this.removeProcesses();
    for (const host of [this.near, this.far]) ip('netns', 'delete', host);
  }
}

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
