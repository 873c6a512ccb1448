import { newBeatKeyLine } from '@piranha/protocol/beat';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';

export interface KeygenOptions extends CommonOptions {
  /** Key id, 1 to 2^32 - 1. */
  readonly id: number;
}

/** `lvsctl keygen`: a line for the key file of the heartbeats, with a secret of 32 random bytes. Nothing is stored. */
export function keygen(io: LvsctlIo, { id, json }: KeygenOptions): ExitStatus {
  const line = newBeatKeyLine(id);
  if (json) printJson(io, { id, line });
  else io.stdout(`${line}\n`);
  return EXIT.ok;
}
