import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, livingPid, monotonicNowMs, patient, signalProcess, UserError } from '@piranha/common';
import { type RunDirectory, runDirectory } from '@piranha/protocol';
import { lvsdStatusSchema, pulseStatusSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { type Daemon, RESTARTABLE, RESTARTED_UNNAMED } from '../../core/restart-order.js';
import { ask, askFor } from '../daemons.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';

const BACK_LIMIT_MS = patient(60_000);
const CALL_LIMIT_MS = patient(5_000);
const POLL_MS = 50;
/** Until pulse has told a new guardian what it does: before that its end would look like one without a role. */
const REPORTED_MS = patient(500);

interface Restarted {
  readonly daemon: Daemon;
  readonly pid: number;
  readonly durationMs: number;
}

/**
 * `lvsctl restart [DAEMON...]`: has each daemon replaced by a new process of the programs that are installed now, one
 * after the other. The node keeps its role, its addresses and its table.
 */
export async function restart(
  io: LvsctlIo,
  daemons: readonly Daemon[],
  options: CommonOptions,
): Promise<ExitStatus> {
  const files = runDirectory(options.runDir);
  const restarted: Restarted[] = [];
  const wanted = daemons.length === 0 ? RESTARTED_UNNAMED : daemons;
  for (const daemon of RESTARTABLE.filter((name) => wanted.includes(name))) {
    const one = await restartOne(files, daemon);
    restarted.push(one);
    if (!options.json) io.stdout(`${daemon}: pid ${one.pid} after ${one.durationMs} ms\n`);
  }
  if (options.json) printJson(io, { ok: true, restarted });
  return EXIT.ok;
}

async function restartOne(files: RunDirectory, daemon: Daemon): Promise<Restarted> {
  const pid = runningPid(files, daemon, 'start pulse');
  const starter = daemon === 'pulse' ? 'guardian' : 'pulse';
  runningPid(files, starter, `it would start ${daemon} again: start pulse first`);
  const startedAtMs = monotonicNowMs();
  // What the next one adopts stays: lvsd's table must be asked for, pulse and its guardian stand in for each other.
  if (daemon === 'lvsd') await ask(files.lvsdSocket, 'leave', CALL_LIMIT_MS);
  end(daemon, pid, daemon === 'pulse' || daemon === 'guardian' ? 'SIGKILL' : 'SIGTERM');
  for (;;) {
    const next = isAlive(pid) ? undefined : await successor(files, daemon, pid);
    const durationMs = Math.round(monotonicNowMs() - startedAtMs);
    if (next !== undefined) {
      if (daemon === 'guardian') await wait(REPORTED_MS);
      return { daemon, pid: next, durationMs };
    }
    if (durationMs > BACK_LIMIT_MS) {
      throw new UserError(`${daemon} has not been replaced within ${durationMs} ms`, {
        code: 'RESTART_NOT_BACK',
        hint: 'lvsctl status and the log say what it waits for',
      });
    }
    await wait(POLL_MS);
  }
}

function end(daemon: Daemon, pid: number, signal: NodeJS.Signals): void {
  try {
    signalProcess(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    throw new UserError(`${daemon} runs as somebody else`, {
      code: 'RESTART_FORBIDDEN',
      hint: 'run lvsctl restart as root',
    });
  }
}

/** @throws UserError `RESTART_NOT_RUNNING` */
function runningPid(files: RunDirectory, daemon: Daemon, hint: string): number {
  const pid = pidOf(files, daemon);
  if (pid !== undefined) return pid;
  throw new UserError(`${daemon} does not run`, {
    code: 'RESTART_NOT_RUNNING',
    hint,
    exitCode: EXIT.unreachable,
  });
}

function pidOf(files: RunDirectory, daemon: Daemon): number | undefined {
  switch (daemon) {
    case 'pulse':
      return livingPid(files.pulsePid, 'pulse-worker');
    case 'guardian':
      return livingPid(files.guardianPid, 'pulse');
    case 'lvsd':
      return livingPid(files.lvsdPid, 'lvsd');
    case 'ipvsu':
      return livingPid(files.ipvsuPid, 'ipvsu');
  }
}

/** The pid of the new process once it does its work. */
async function successor(files: RunDirectory, daemon: Daemon, old: number): Promise<number | undefined> {
  const pid = pidOf(files, daemon);
  if (pid === undefined || pid === old) return undefined;
  try {
    if (daemon === 'pulse') {
      const { state } = await askFor(pulseStatusSchema, files.pulseSocket, 'status', CALL_LIMIT_MS);
      if (state !== 'active' && state !== 'standby') return undefined;
    }
    if (daemon === 'lvsd' || daemon === 'ipvsu') {
      const { tableInSync } = await askFor(lvsdStatusSchema, files.lvsdSocket, 'status', CALL_LIMIT_MS);
      if (!tableInSync) return undefined;
    }
    return pid;
  } catch (error) {
    // Not yet: its socket comes after its pid file.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
