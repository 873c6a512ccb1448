import { type ChildProcess, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, signalProcess } from '@piranha/common';
import { BACKUP_PRIORITY, type Contender, MASTER_PRIORITY, masterDownMs, readIfThere } from './contender.js';
import { type FailoverStage, SIDES, type Side, VIRTUAL_ADDRESS } from './stage.js';

const PROGRAM = 'keepalived';
const END_ROUND_MS = 20;

/** `Keepalived v2.2.7`, or undefined where it is not installed. */
export function keepalivedVersion(): string | undefined {
  const { stderr, stdout, error } = spawnSync(PROGRAM, ['--version'], { encoding: 'utf8' });
  return error ? undefined : (/Keepalived v[0-9.]+/.exec(stderr + stdout)?.[0] ?? PROGRAM);
}

function configuration(side: Side, beatMs: number): string {
  const [state, priority] = side === 'a' ? ['MASTER', MASTER_PRIORITY] : ['BACKUP', BACKUP_PRIORITY];
  return `global_defs {
    router_id bench_${side}
    vrrp_version 3
}
vrrp_instance bench {
    state ${state}
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int ${beatMs / 1000}
    virtual_ipaddress {
        ${VIRTUAL_ADDRESS}/32
    }
}
`;
}

/** Two keepalived with VRRP version 3 alone; the rest is as its defaults. */
export class KeepalivedPair implements Contender {
  readonly name = 'keepalived';
  private readonly children = new Map<Side, ChildProcess>();

  constructor(
    private readonly stage: FailoverStage,
    private readonly directory: string,
    private readonly beatMs: number,
  ) {}

  start(side: Side): void {
    mkdirSync(this.directory, { recursive: true });
    const configFile = this.path(side, 'conf');
    writeFileSync(configFile, configuration(side, this.beatMs), { mode: 0o600 });
    const pids = ['-p', this.path(side, 'pid'), '-r', this.path(side, 'vrrp.pid')];
    const log = openSync(this.path(side, 'log'), 'a');
    const args = ['-n', '-l', '-D', '-P', '-f', configFile, ...pids];
    this.children.set(side, this.stage.host(side).spawn(PROGRAM, args, { stdio: ['ignore', log, log] }));
    closeSync(log);
  }

  deadAfterMs(): number {
    return masterDownMs(this.beatMs);
  }

  standsBy(): boolean {
    return readIfThere(this.path('b', 'log')).includes('Entering BACKUP STATE');
  }

  /** The child first: it would announce the end of its parent, which a dead machine does not. */
  processes(side: Side): readonly number[] {
    return this.deciders(side);
  }

  deciders(side: Side): readonly [worker: number, watcher: number] {
    const read = (kind: string): number => Number(readFileSync(this.path(side, kind), 'utf8'));
    return [read('vrrp.pid'), read('pid')];
  }

  async handOver(): Promise<void> {
    this.children.get('a')?.kill('SIGTERM');
  }

  async stop(): Promise<void> {
    for (const [side, child] of this.children) {
      for (const pid of this.found(side)) signalProcess(pid, 'SIGKILL');
      while (child.exitCode === null && child.signalCode === null) await pause(END_ROUND_MS);
      while (this.found(side).length > 0) await pause(END_ROUND_MS);
    }
  }

  lastLines(): string {
    return SIDES.map((side) => readIfThere(this.path(side, 'log'))).join('\n');
  }

  /** The processes of the pid files, as far as they are still keepalived's. */
  private found(side: Side): readonly number[] {
    try {
      return this.deciders(side).filter(
        (pid) => isAlive(pid) && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === PROGRAM,
      );
    } catch {
      return [];
    }
  }

  private path(side: Side, kind: string): string {
    return join(this.directory, `${side}.${kind}`);
  }
}
