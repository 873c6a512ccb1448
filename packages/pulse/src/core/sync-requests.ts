import { z } from 'zod';

/** Longest base64 of a file of 4 MiB. */
const MOST_CHARACTERS = 5_600_000;

/** Printable, so that it stays within one log line. */
const by = z
  .string()
  .max(200)
  .regex(/^\P{C}*$/u);

/** The partner wants to see this director's lvs.cf. */
export const SYNC_READ = z.object({ by });

/** The partner's operator has an lvs.cf for this director. */
export const SYNC_WRITE = z.object({
  contentBase64: z.string().max(MOST_CHARACTERS),
  /** Of the file that it is to replace. */
  expectedHash: z.string().regex(/^[0-9a-f]{16}$/),
  dryRun: z.boolean(),
  force: z.boolean(),
  by,
});

export type SyncWrite = z.infer<typeof SYNC_WRITE>;
