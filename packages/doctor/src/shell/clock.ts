import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { patient, UserError } from '@piranha/common';
import { IcmpSocket, libc, readTimestampReply, timestampRequest } from '@piranha/net';
import type { ClockFact } from '../core/facts.js';

/** struct timex, and its member `status`. */
const TIMEX_BYTES = 208;
const STATUS_OFFSET = 40;
const NOT_SYNCHRONISED = 0x40;
const ANSWER_LIMIT_MS = 700;
const WAIT_MS = 20;
const IDENTIFIERS = 0x10000;

/**
 * What can be told of the clock without changing it.
 * @param steppedMs what pulse saw
 * @param partner IPv4 addresses of the partner that may be asked, one after the other
 */
export async function readClock(
  steppedMs: number | undefined,
  partner: readonly string[],
): Promise<ClockFact | undefined> {
  const status = Buffer.alloc(TIMEX_BYTES);
  if (libc().adjtimex(status) < 0) return undefined;
  return {
    isSynchronised: (status.readInt32LE(STATUS_OFFSET) & NOT_SYNCHRONISED) === 0,
    steppedMs,
    partnerAheadMs: await firstAnswer(partner),
  };
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
