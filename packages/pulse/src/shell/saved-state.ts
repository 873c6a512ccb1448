import { readFileSync, rmSync } from 'node:fs';
import { writeFileAtomically } from '@piranha/common';
import { z } from 'zod';

/** Nine groups with the longest reasons. */
const LIMIT_CHARACTERS = 16_384;

const SAVED_STATE = z.object({
  holding: z.boolean(),
  reason: z.string().max(500),
  since: z.string().max(40),
  /** On a backup that serves: the primary was away, and is to get the addresses back. */
  primaryMissed: z.boolean().optional(),
  /** Programs were told of a move away that had not come about. */
  preparedLeave: z.boolean().optional(),
  /** The groups beside the main one; absent where lvs.cf has none. */
  groups: z
    .array(
      z.object({
        name: z.string().max(63),
        holding: z.boolean(),
        reason: z.string().max(500),
        since: z.string().max(40),
        missed: z.boolean(),
        preparedLeave: z.boolean().optional(),
      }),
    )
    .max(64)
    .optional(),
});

/** What pulse wants to find again after its own restart. */
export type SavedState = z.infer<typeof SAVED_STATE>;

/** Reads the state file; undefined when it is missing, broken or too large: then nothing was held. */
export function readSavedState(path: string): SavedState | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > LIMIT_CHARACTERS ? undefined : SAVED_STATE.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Writes the state file; a full disk must not stop a failover, so the error is given back. */
export function writeSavedState(path: string, state: SavedState): Error | undefined {
  try {
    writeFileAtomically(path, `${JSON.stringify(state)}\n`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Removes the state file after a clean stop. */
export function removeSavedState(path: string): void {
  rmSync(path, { force: true });
}
