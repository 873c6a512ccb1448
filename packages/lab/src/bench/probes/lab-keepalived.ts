import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { until } from '../../guest/requests.js';
import { DIRECTORY, ended } from './lab-servers.js';

const START_LIMIT_MS = 400_000;
const CHECKER_PID_FILE = `${DIRECTORY}/checkers.pid`;

/** A real server of keepalived.conf with a bare connect. @param words of its own, one a line */
export function keepalivedServer(address: string, port: number, words: readonly string[] = []): string {
  const lines = words.map((line) => `    ${line}\n`).join('');
  return `  real_server ${address} ${port} {
    weight 1
${lines}    TCP_CHECK {
      connect_timeout 1
    }
  }
`;
}

/** keepalived.conf with one virtual server, each of whose real servers is checked once a second. */
export function keepalivedText(port: number, servers: readonly string[]): string {
  return `virtual_server 10.0.0.9 ${port} {
  delay_loop 1
  lb_algo rr
  lb_kind NAT
  protocol TCP
${servers.join('')}}
`;
}

/** keepalived with its checker alone. */
export class LabKeepalived {
  private readonly child: ChildProcess;

  /** @param text of its keepalived.conf */
  constructor(text: string) {
    const file = `${DIRECTORY}/keepalived.conf`;
    writeFileSync(file, text, { mode: 0o600 });
    rmSync(CHECKER_PID_FILE, { force: true });
    const pidFiles = ['-p', `${DIRECTORY}/keepalived.pid`, '-c', CHECKER_PID_FILE];
    this.child = spawn('keepalived', ['-n', '-C', '-f', file, ...pidFiles], { stdio: 'ignore' });
  }

  async ready(): Promise<void> {
    await until('its checker', () => existsSync(CHECKER_PID_FILE), START_LIMIT_MS);
  }

  get pids(): readonly number[] {
    return [this.child.pid ?? 0, Number(readFileSync(CHECKER_PID_FILE, 'utf8'))];
  }

  stop(): Promise<void> {
    return ended(this.child);
  }
}
