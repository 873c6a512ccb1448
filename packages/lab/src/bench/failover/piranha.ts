import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import { askOnce, type PulseStatus, runDirectory } from '@piranha/protocol';
import { endAllOf, markedEnvironment, processesOf } from '../../demo/processes.js';
import { type Contender, masterDownMs, type PairName, readIfThere } from './contender.js';
import { keepGoodCounts } from './counts.js';
import {
  addressOf,
  type FailoverStage,
  privateAddressOf,
  SIDES,
  type Side,
  VIRTUAL_ADDRESS,
} from './stage.js';

const CALL_LIMIT_MS = 60_000;
const ROLES = { a: 'primary', b: 'backup' } as const;

/** What the adaptive pair has in lvs.cf beside what all have. */
const ADAPTIVE_LINES = `primary_private = ${privateAddressOf('a')}
backup_private = ${privateAddressOf('b')}
adaptive = 1
`;
/** The key of the pairs that have one. */
const KEY_LINE = `1 ${randomBytes(32).toString('hex')}\n`;

/** Adaptive mode makes a long deadtime short; it never goes below what tells a hanging pulse from a dead one. */
const ADAPTIVE_DEADTIME_BEATS = 10;

function configuration(beatMs: number, deadtimeMs: number, more: string): string {
  // The check only has to exist: nothing is forwarded here.
  return `serial_no = 1
${more}primary = ${addressOf('a')}
service = lvs
backup_active = 1
backup = ${addressOf('b')}
heartbeat = 1
keepalive = ${beatMs / 1000}
deadtime = ${(deadtimeMs / 1000).toFixed(4)}
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
  constructor(
    readonly name: Exclude<PairName, 'keepalived'>,
    private readonly stage: FailoverStage,
    private readonly directory: string,
    private readonly beatMs: number,
  ) {}

  start(side: Side): void {
    const directory = join(this.directory, side);
    mkdirSync(directory, { recursive: true, mode: 0o750 });
    const configFile = `${directory}.cf`;
    const text = configuration(this.beatMs, this.deadtimeMs, this.ownLines(`${directory}.key`));
    writeFileSync(configFile, text, { mode: 0o600 });
    if (this.isAdaptive) {
      const counts = runDirectory(directory).heartbeatStatistics;
      keepGoodCounts(counts, side, this.beatMs, this.deadtimeMs);
    }
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
    const { state, partner, adaptive } = await this.status('b');
    const isMeasured = !this.isAdaptive || adaptive?.thresholdMs !== undefined;
    return state === 'standby' && partner === 'running' && isMeasured;
  }

  async deadAfterMs(): Promise<number> {
    return (await this.status('b')).adaptive?.thresholdMs ?? this.deadtimeMs;
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

  private get isAdaptive(): boolean {
    return this.name === 'Piranha, adaptive';
  }

  private get deadtimeMs(): number {
    return this.isAdaptive ? ADAPTIVE_DEADTIME_BEATS * this.beatMs : masterDownMs(this.beatMs);
  }

  /** Lines of lvs.cf that this pair has of its own; its key file is made. */
  private ownLines(keyFile: string): string {
    if (this.isAdaptive) return ADAPTIVE_LINES;
    if (this.name === 'Piranha') return '';
    writeFileSync(keyFile, KEY_LINE, { mode: 0o600 });
    return `heartbeat_key = ${keyFile}\n`;
  }

  private async status(side: Side): Promise<PulseStatus> {
    return (await this.ask(side, 'status')) as PulseStatus;
  }

  private ask(side: Side, method: string): Promise<unknown> {
    return askOnce(runDirectory(join(this.directory, side)).pulseSocket, method, CALL_LIMIT_MS);
  }
}
