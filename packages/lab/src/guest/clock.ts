import { execFileSync } from 'node:child_process';
import { libc } from '@piranha/net';

/** struct timex: what is to be set, the largest error in µs, and the status. */
const TIMEX_BYTES = 208;
const OFFSETS = { modes: 0, maximumError: 24, status: 40 } as const;
const SET_MAXIMUM_ERROR = 0x4;
const SET_STATUS = 0x10;
const NOT_SYNCHRONISED = 0x40;

/** Sets the clock of the lab kernel, `+1 hour` for instance. */
export function stepClock(text: string): void {
  execFileSync('date', ['-s', text], { stdio: 'pipe' });
}

/** Tells the lab kernel what a time daemon would: that its clock is right. Or the contrary. */
export function tellSynchronised(isSynchronised: boolean): void {
  const timex = Buffer.alloc(TIMEX_BYTES);
  timex.writeUInt32LE(SET_STATUS | SET_MAXIMUM_ERROR, OFFSETS.modes);
  timex.writeInt32LE(isSynchronised ? 0 : NOT_SYNCHRONISED, OFFSETS.status);
  if (libc().adjtimex(timex) < 0) throw new Error('adjtimex failed: is this the lab kernel?');
}
