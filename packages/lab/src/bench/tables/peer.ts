import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { signalProcess } from '@piranha/common';
import type { TableContender } from './contender.js';
import { ADDRESS, type ShapeService, shape } from './shape.js';

const DIRECTORY = '/run/lab/tables';
const LOG = `${DIRECTORY}/log`;
const LAST_LINES = 30;

/** Another product, which reads its file again at SIGHUP. No server is checked: 10,000 checks are no measure of a table. */
export class PeerTable implements TableContender {
  private readonly file = `${DIRECTORY}/configuration`;
  private child: ChildProcess | undefined;

  constructor(private readonly peer: Peer) {
    mkdirSync(DIRECTORY, { recursive: true });
  }

  configure(weight: number): void {
    writeFileSync(this.file, this.peer.text(shape(weight)), { mode: 0o600 });
  }

  async load(): Promise<void> {
    const log = openSync(LOG, 'a');
    const { program, args } = this.peer;
    this.child = spawn(program, args(this.file, DIRECTORY), { stdio: ['ignore', log, log] });
    closeSync(log);
  }

  async reload(): Promise<void> {
    signalProcess(this.child?.pid ?? 0, 'SIGHUP');
  }

  pids(): readonly number[] {
    const own = this.child?.pid ?? 0;
    const children = readFileSync(`/proc/${own}/task/${own}/children`, 'utf8').split(' ').filter(Boolean);
    return [own, ...children.map(Number)];
  }

  lastLines(): string {
    return readFileSync(LOG, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }
}

interface Peer {
  readonly program: string;
  readonly args: (file: string, directory: string) => readonly string[];
  readonly text: (services: readonly ShapeService[]) => string;
}

/** The checker alone, without VRRP. */
export const KEEPALIVED: Peer = {
  program: 'keepalived',
  args: (file, directory) => [
    ...['-n', '-l', '-C', '-f', file],
    ...['-p', `${directory}/keepalived.pid`, '-c', `${directory}/checkers.pid`],
  ],
  text: (services) =>
    services
      .map(
        ({ port, servers }) => `virtual_server ${ADDRESS} ${port} {
  lb_algo rr
  lb_kind DR
  protocol TCP
${servers.map(({ address, weight }) => `  real_server ${address} ${port} {\n    weight ${weight}\n  }\n`).join('')}}
`,
      )
      .join(''),
};

export const LDIRECTORD: Peer = {
  program: 'ldirectord',
  args: (file) => ['-d', file, 'start'],
  text: (services) =>
    `quiescent=no\nlogfile="${LOG}"\n${services
      .map(
        ({ port, servers }) => `virtual=${ADDRESS}:${port}
\tprotocol=tcp
\tscheduler=rr
\tchecktype=on
${servers.map(({ address, weight }) => `\treal=${address}:${port} gate ${weight}\n`).join('')}`,
      )
      .join('')}`,
};
