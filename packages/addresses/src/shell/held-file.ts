import { readFileSync, rmSync, statSync } from 'node:fs';
import { errorText, writeFileAtomically } from '@piranha/common';
import { z } from 'zod';
import type { HeldAddress } from '../core/held-address.js';

const SIZE_LIMIT_BYTES = 1024 * 1024;
const ENTRY_LIMIT = 10_000;

const HELD_FILE = z.object({
  addresses: z
    .array(
      z.object({
        address: z.union([z.ipv4(), z.ipv6()]),
        prefixLength: z.union([z.literal(32), z.literal(128)]),
        interface: z.string().min(1).max(15),
      }),
    )
    .max(ENTRY_LIMIT),
});

/** The record as read; `problem` where it is there and cannot be used. */
export interface HeldFileContent {
  readonly held: readonly HeldAddress[];
  readonly problem: string | undefined;
}

/** Reads the record of the addresses that were added by an earlier process. A missing file is an empty record. */
export function readHeldFile(path: string): HeldFileContent {
  try {
    const { size } = statSync(path);
    if (size > SIZE_LIMIT_BYTES) return { held: [], problem: `${path}: over ${SIZE_LIMIT_BYTES} bytes` };
    const { addresses } = HELD_FILE.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { held: addresses, problem: undefined };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { held: [], problem: undefined };
    const text = error instanceof z.ZodError ? 'not a record of addresses' : errorText(error);
    return { held: [], problem: `${path}: ${text}` };
  }
}

/** Writes the record; an empty one removes the file. Gives the error back: a full disk must not stop a failover. */
export function writeHeldFile(path: string, addresses: readonly HeldAddress[]): Error | undefined {
  try {
    if (addresses.length === 0) rmSync(path, { force: true });
    else writeFileAtomically(path, `${JSON.stringify({ addresses })}\n`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
