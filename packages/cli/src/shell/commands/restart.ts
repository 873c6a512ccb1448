import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, livingPid, monotonicNowMs, patient, signalProcess, UserError } from '@piranha/common';
import { type GuardianStatus, type RunDirectory, runDirectory } from '@piranha/protocol';
import { guardianStatusSchema, lvsdStatusSchema, pulseStatusSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { type Daemon, RESTARTABLE, RESTARTED_UNNAMED } from '../../core/restart-order.js';
import { ask, askFor } from '../daemons.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';

const BACK_LIMIT_MS = patient(60_000);
const CALL_LIMIT_MS = patient(5_000);
const POLL_MS = 50;

export interface RestartOptions extends CommonOptions {
  /** Process id of the guardian that has to watch pulse before anything is replaced. */
  readonly guardian?: number;
}

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
  options: RestartOptions,
): Promise<ExitStatus> {
  const files = runDirectory(options.runDir);
  if (options.guardian !== undefined) await watched(files, options.guardian);
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
  if (daemon === 'pulse') await watched(files);
  // What the next one adopts stays: lvsd's table must be asked for, pulse and its guardian stand in for each other.
  if (daemon === 'lvsd') await ask(files.lvsdSocket, 'leave', CALL_LIMIT_MS);
  end(daemon, pid, daemon === 'pulse' || daemon === 'guardian' ? 'SIGKILL' : 'SIGTERM');
  for (;;) {
    const next = isAlive(pid) ? undefined : await successor(files, daemon, pid);
    const durationMs = Math.round(monotonicNowMs() - startedAtMs);
    if (next !== undefined) return { daemon, pid: next, durationMs };
    if (durationMs > BACK_LIMIT_MS) throw notBack(`${daemon} has not been replaced`, durationMs);
    await wait(POLL_MS);
  }
}

/**
 * Waits until pulse has told its guardian what it does: before that its end would look like one without a role, and the
 * next one would not go on with it.
 */
async function watched(files: RunDirectory, guardian?: number): Promise<void> {
  const startedAtMs = monotonicNowMs();
  while (!(await isWatching(files, guardian))) {
    const durationMs = Math.round(monotonicNowMs() - startedAtMs);
    if (durationMs > BACK_LIMIT_MS) throw notBack('pulse has not reported to its guardian', durationMs);
    await wait(POLL_MS);
  }
}

async function isWatching(files: RunDirectory, guardian: number | undefined): Promise<boolean> {
  try {
    const { pid, phase } = await guardianOf(files);
    return phase === 'watching' && (guardian === undefined || pid === guardian);
  } catch (error) {
    // One that has only just begun does not listen yet; an older one does not know the question.
    if (error instanceof UserError) return error.code === 'CONTROL_UNKNOWN_METHOD';
    throw error;
  }
}

function guardianOf(files: RunDirectory): Promise<GuardianStatus> {
  return askFor(guardianStatusSchema, files.guardianSocket, 'status', CALL_LIMIT_MS);
}

function notBack(what: string, durationMs: number): UserError {
  return new UserError(`${what} within ${durationMs} ms`, {
    code: 'RESTART_NOT_BACK',
    hint: 'lvsctl status and the log say what it waits for',
  });
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
    if (daemon === 'guardian') {
      const { pid: answering, phase } = await guardianOf(files);
      if (answering !== pid || phase !== 'watching') return undefined;
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
