import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { connect, type Server, type Socket, type TcpNetConnectOpts } from 'node:net';
import { libc } from '@piranha/net';

const CLONE_NEWNET = 0x40000000;

const home = openSync('/proc/self/ns/net', 'r');

/**
 * A host of the lab: a network namespace in which the driver itself opens sockets and starts processes. A socket
 * belongs to the namespace in which it was made, whoever uses it later, so one process can play every host.
 */
export class Namespace {
  private readonly fd: number;

  /** A namespace that `ip netns add` made. */
  constructor(readonly name: string) {
    this.fd = openSync(`/run/netns/${name}`, 'r');
  }

  /** Runs work within the namespace. */
  run<T>(work: () => T): T {
    enter(this.fd);
    try {
      return work();
    } finally {
      enter(home);
    }
  }

  /** As run, for work that makes its socket in the next tick, as Node's connect, listen and bind do. */
  runWithNextTick<T>(work: () => T): T {
    process.nextTick(() => enter(this.fd));
    try {
      return this.run(work);
    } finally {
      process.nextTick(() => enter(home));
    }
  }

  /** A TCP connection from this host; from any of its addresses and ports unless `local` says otherwise. */
  connect(
    host: string,
    port: number,
    local: Pick<TcpNetConnectOpts, 'localAddress' | 'localPort'> = {},
  ): Socket {
    return this.runWithNextTick(() => connect({ host, port, autoSelectFamily: false, ...local }));
  }

  /** Resolves when the server listens on this host. */
  listen(server: Server, port: number, address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.once('listening', () => resolve());
      this.runWithNextTick(() => server.listen(port, address));
    });
  }

  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    return this.run(() => spawn(program, args, options));
  }

  /** Runs a program of the system to its end and returns its output. */
  exec(program: string, ...args: readonly string[]): string {
    return this.run(() =>
      execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** As exec, while the driver goes on playing the other hosts. */
  async command(program: string, ...args: readonly string[]): Promise<string> {
    const { text, status } = await this.finish(program, args);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
    return text;
  }

  /**
   * Runs a program to its end, whatever its exit status, and returns its output, while the driver goes on playing the
   * other hosts.
   */
  async output(program: string, args: readonly string[], env = process.env): Promise<string> {
    return (await this.finish(program, args, env)).text;
  }

  /** Runs lines of `ip -batch`, in one process. */
  ip(...lines: readonly string[]): void {
    this.run(() => execFileSync('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n`, stdio: 'pipe' }));
  }

  /** Ends the hold on the namespace; its sockets and processes live on. */
  close(): void {
    closeSync(this.fd);
  }

  private finish(
    program: string,
    args: readonly string[],
    env = process.env,
  ): Promise<{ readonly text: string; readonly status: number | null }> {
    const child = this.spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
    return new Promise((resolve, reject) => {
      let text = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      child.once('error', reject);
      child.once('close', (status) => resolve({ text, status }));
    });
  }
}

function enter(fd: number): void {
  if (libc().setns(fd, CLONE_NEWNET) !== 0) throw new Error('setns failed: is this the lab kernel?');
}
