import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import { askOnce, type PulseStatus, runDirectory } from '@piranha/protocol';
import { endAllOf, markedEnvironment, processesOf } from '../../demo/processes.js';
import { type Contender, masterDownMs, readIfThere } from './contender.js';
import { addressOf, type FailoverStage, SIDES, type Side, VIRTUAL_ADDRESS } from './stage.js';

const CALL_LIMIT_MS = 60_000;
const ROLES = { a: 'primary', b: 'backup' } as const;

function configuration(beatMs: number): string {
  // The check only has to exist: nothing is forwarded here.
  return `serial_no = 1
primary = ${addressOf('a')}
service = lvs
backup_active = 1
backup = ${addressOf('b')}
heartbeat = 1
keepalive = ${beatMs / 1000}
deadtime = ${(masterDownMs(beatMs) / 1000).toFixed(4)}
network = direct
virtual bench {
     active = 1
     address = ${VIRTUAL_ADDRESS} eth0:1
     port = 80
     protocol = tcp
     scheduler = rr
     send_program = "/bin/true"
     timeout = 60
     reentry = 60
     server one {
         address = 10.99.0.11
         active = 1
         weight = 1
     }
}
`;
}

/** Two pulses with real addresses and ARP; the table of the director `memory` is only a model. */
export class PiranhaPair implements Contender {
  readonly name = 'Piranha';

  constructor(
    private readonly stage: FailoverStage,
    private readonly directory: string,
    private readonly beatMs: number,
  ) {}

  start(side: Side): void {
    const directory = join(this.directory, side);
    mkdirSync(directory, { recursive: true, mode: 0o750 });
    const configFile = `${directory}.cf`;
    writeFileSync(configFile, configuration(this.beatMs), { mode: 0o600 });
    const args = ['-n', '-c', configFile, '--run-dir', directory, '--director', 'memory'];
    const log = openSync(`${directory}.log`, 'a');
    this.stage.host(side).spawn(process.execPath, [binaryPath('pulse'), ...args, '--node', ROLES[side]], {
      argv0: 'pulse',
      stdio: ['ignore', log, log],
      env: markedEnvironment(directory),
    });
    closeSync(log);
  }

  async standsBy(): Promise<boolean> {
    const { state, partner } = (await this.ask('b', 'status')) as PulseStatus;
    return state === 'standby' && partner === 'running';
  }

  processes(side: Side): readonly number[] {
    const [worker, watcher] = this.deciders(side);
    const others = processesOf(join(this.directory, side)).filter((pid) => pid !== worker && pid !== watcher);
    return [watcher, worker, ...others];
  }

  deciders(side: Side): readonly [worker: number, watcher: number] {
    const paths = runDirectory(join(this.directory, side));
    const read = (path: string): number => Number(readFileSync(path, 'utf8'));
    return [read(paths.pulsePid), read(paths.guardianPid)];
  }

  async handOver(): Promise<void> {
    this.ask('a', 'handover').catch(() => undefined);
  }

  stop(): Promise<void> {
    return endAllOf(this.directory);
  }

  lastLines(): string {
    return SIDES.map((side) => readIfThere(join(this.directory, `${side}.log`))).join('\n');
  }

  private ask(side: Side, method: string): Promise<unknown> {
    return askOnce(runDirectory(join(this.directory, side)).pulseSocket, method, CALL_LIMIT_MS);
  }
}
