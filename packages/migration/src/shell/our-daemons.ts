import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import {
  binaryPath,
  isAlive,
  livingPid,
  monotonicNowMs,
  patient,
  signalProcess,
  UserError,
} from '@piranha/common';
import { askOnce, type PulseStatus, type RunDirectory } from '@piranha/protocol';
import { lvsdStatusSchema, pulseStatusSchema } from '@piranha/protocol/schemas';
import { processesHere } from './processes.js';

const START_LIMIT_MS = patient(60_000);
const STOP_LIMIT_MS = patient(30_000);
const CALL_LIMIT_MS = patient(5_000);
const POLL_MS = 50;
const OUTPUT_LIMIT_CHARACTERS = 4_096;

/** Whether a pulse of this run directory runs. */
export function isPulseRunning(files: RunDirectory): boolean {
  const guardian = livingPid(files.guardianPid, 'pulse');
  return guardian !== undefined || livingPid(files.pulsePid, 'pulse-worker') !== undefined;
}

/** pulse's own account of itself. @throws UserError when it cannot be asked */
export async function readPulse(files: RunDirectory): Promise<PulseStatus> {
  return pulseStatusSchema.parse(await askOnce(files.pulseSocket, 'status', CALL_LIMIT_MS));
}

/**
 * Starts pulse, active from the first moment, and waits until it holds the addresses and lvsd has the table in hand.
 * @param words more options for pulse
 * @throws UserError `ADOPT_PULSE_FAILED`
 */
export async function startPulse(
  configFile: string,
  files: RunDirectory,
  words: readonly string[],
): Promise<void> {
  const all = ['-c', configFile, '--run-dir', files.directory, '--forceactive', ...words];
  const said = await runPulse(all);
  if (said !== undefined) throw failed(said);
  const deadlineMs = monotonicNowMs() + START_LIMIT_MS;
  for (let reason = 'no answer'; ; await wait(POLL_MS)) {
    try {
      const pulse = await readPulse(files);
      const lvsd = lvsdStatusSchema.parse(await askOnce(files.lvsdSocket, 'status', CALL_LIMIT_MS));
      if (pulse.state === 'active' && lvsd.ready && lvsd.tableInSync) return;
      reason = `pulse is ${pulse.state}; lvsd: ${lvsd.problems.join('; ') || 'not every server is checked yet'}`;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      reason = error.message;
    }
    if (monotonicNowMs() > deadlineMs) throw failed(reason);
  }
}

/** Undefined when pulse has detached itself and answers; otherwise what it said. */
function runPulse(words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const child = spawn(process.execPath, [binaryPath('pulse'), ...words], {
      argv0: 'pulse',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-OUTPUT_LIMIT_CHARACTERS);
    });
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code) => resolve(code === 0 ? undefined : said.trim() || `pulse ended with ${code}`));
  });
}

function failed(reason: string): UserError {
  return new UserError(`pulse did not take over: ${reason}`, {
    code: 'ADOPT_PULSE_FAILED',
    hint: 'the log of pulse and lvsd says more',
  });
}

/** Whoever started pulse may have been killed: it comes up all the same, and must not do so behind our back. */
async function untilStarted(files: RunDirectory): Promise<void> {
  const isStarting = (): boolean =>
    !isPulseRunning(files) &&
    processesHere().some(
      ({ words }) => words.includes(binaryPath('pulse')) && words.includes(files.directory),
    );
  const deadlineMs = monotonicNowMs() + START_LIMIT_MS;
  while (isStarting() && monotonicNowMs() < deadlineMs) await wait(POLL_MS);
}

/**
 * Ends pulse and everything of it, and leaves addresses and table as they are.
 * @throws UserError `ADOPT_PULSE_STAYS` when it has not ended after 30 s
 */
export async function leavePulse(files: RunDirectory): Promise<void> {
  await untilStarted(files);
  const pids = [
    livingPid(files.guardianPid, 'pulse'),
    livingPid(files.pulsePid, 'pulse-worker'),
    livingPid(files.lvsdPid, 'lvsd'),
  ].filter((pid) => pid !== undefined);
  if (pids.length === 0) return;
  try {
    await askOnce(files.pulseSocket, 'leave', CALL_LIMIT_MS);
    for (const pid of pids.slice(0, 1)) signalProcess(pid, 'SIGTERM');
  } catch {
    // Stopped first, for each would start the others again; what dies without a word leaves everything as it is.
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) for (const pid of pids) signalProcess(pid, signal);
  }
  const deadlineMs = monotonicNowMs() + STOP_LIMIT_MS;
  while (pids.some(isAlive)) {
    if (monotonicNowMs() > deadlineMs) {
      throw new UserError('pulse has not ended', {
        code: 'ADOPT_PULSE_STAYS',
        hint: 'it serves on; its log says what it waits for',
      });
    }
    await wait(POLL_MS);
  }
}
