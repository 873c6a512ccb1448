import { randomInt } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { patient, UserError } from '@piranha/common';
import { IcmpSocket, libc, readTimestampReply, timestampRequest } from '@piranha/net';
import type { ClockFact } from '../core/facts.js';

/** struct timex, and its member `status`. */
const TIMEX_BYTES = 208;
const STATUS_OFFSET = 40;
const NOT_SYNCHRONISED = 0x40;
const TICKS_PER_SECOND = 100;
/** Position of a process's start among the words behind its name in /proc/PID/stat. */
const START_WORD = 19;
const ANSWER_LIMIT_MS = 700;
const WAIT_MS = 20;
const IDENTIFIERS = 0x10000;

/**
 * What can be told of the clock without changing it.
 * @param pulsePid of the worker, undefined where none answers
 * @param pulsePidFile that it wrote when it started
 * @param partner IPv4 addresses of the partner that may be asked, one after the other
 */
export async function readClock(
  pulsePid: number | undefined,
  pulsePidFile: string,
  partner: readonly string[],
): Promise<ClockFact | undefined> {
  const status = Buffer.alloc(TIMEX_BYTES);
  if (libc().adjtimex(status) < 0) return undefined;
  return {
    isSynchronised: (status.readInt32LE(STATUS_OFFSET) & NOT_SYNCHRONISED) === 0,
    steppedMs: pulsePid === undefined ? undefined : stepSince(pulsePid, pulsePidFile),
    partnerAheadMs: await firstAnswer(partner),
  };
}

/** The file has the clock's time of the process's start, and the kernel a time that nobody sets. */
function stepSince(pid: number, file: string): number | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const startedMs = (Number(words[START_WORD]) / TICKS_PER_SECOND) * 1_000;
    const upMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 1_000;
    const step = Date.now() - statSync(file).mtimeMs - (upMs - startedMs);
    return Number.isFinite(step) ? step : undefined;
  } catch {
    return undefined;
  }
}

async function firstAnswer(addresses: readonly string[]): Promise<number | undefined> {
  for (const address of addresses) {
    const ahead = await askForTime(address);
    if (ahead !== undefined) return ahead;
  }
  return undefined;
}

/** One ICMP packet; many firewalls drop it, and then nothing is known. */
async function askForTime(address: string): Promise<number | undefined> {
  const identifier = randomInt(0, IDENTIFIERS);
  const sentAtMs = Date.now();
  let ahead: number | undefined;
  try {
    const socket = new IcmpSocket((packet) => {
      ahead ??= readTimestampReply(packet, identifier, sentAtMs, Date.now());
    });
    socket.send(timestampRequest(identifier, sentAtMs), address);
    const patienceMs = patient(ANSWER_LIMIT_MS);
    for (let waitedMs = 0; ahead === undefined && waitedMs < patienceMs; waitedMs += WAIT_MS)
      await pause(WAIT_MS);
    socket.close();
  } catch (error) {
    // Without the right to a raw socket nobody is asked.
    if (!(error instanceof UserError)) throw error;
  }
  return ahead;
}
