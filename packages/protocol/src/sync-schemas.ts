import { z } from 'zod';
import type { SyncAnswer, SyncFile, SyncFileRequest, SyncRequest } from './sync-messages.js';

const hash = z.string().regex(/^[0-9a-f]{16}$/);
/** Printable, so that it is one word of one log line. */
const by = z
  .string()
  .max(200)
  .regex(/^\P{C}*$/u);

/** Request of pulse's `sync.file`. */
export const syncFileRequestSchema: z.ZodType<SyncFileRequest> = z.object({
  side: z.enum(['own', 'partner']),
  by,
});

/** Answer of pulse's `sync.file`. */
export const syncFileSchema: z.ZodType<SyncFile> = z.object({
  path: z.string().max(4_096),
  contentBase64: z.string(),
  hash,
  serial: z.number().int(),
  inUse: z.boolean(),
});

/** Request of pulse's `sync.copy`. */
export const syncRequestSchema: z.ZodType<SyncRequest> = z.object({
  direction: z.enum(['push', 'pull']),
  dryRun: z.boolean(),
  force: z.boolean(),
  by,
  ownHash: hash,
  partnerHash: hash,
});

/** Answer of pulse's `sync.copy`. */
export const syncAnswerSchema: z.ZodType<SyncAnswer> = z.object({
  ok: z.boolean(),
  changed: z.boolean(),
  text: z.string(),
  code: z.string().optional(),
  hint: z.string().optional(),
  serial: z.number().int().optional(),
  diagnostics: z.array(z.string()),
  operations: z.array(z.string()),
  kept: z.string().optional(),
});
