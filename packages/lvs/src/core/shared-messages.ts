import { probeLoadSchema } from '@piranha/protocol/shared-nanny-schemas';
import { z } from 'zod';

/** What a shared nanny may send beside what any nanny sends. */

const id = z.string().min(1).max(1_000);
const count = z.number().int().min(0);

export const ASSIGNED_SCHEMA = z.object({
  id,
  batch: count,
  refused: z
    .array(z.object({ number: count, problem: z.string().transform((text) => text.slice(0, 1_000)) }))
    .max(1_000),
});

/** The messages themselves are checked one by one, as those of any nanny. */
export const BATCH_SCHEMA = z.object({
  id,
  messages: z.array(z.tuple([count, z.string().max(100), z.unknown()])).max(10_000),
});

/** From begin to begin of the last two checks of some assignments, ms. */
export const INTERVALS_SCHEMA = z.object({
  id,
  intervals: z.array(z.tuple([count, z.number().min(0)])).max(10_000),
});

export const LOAD_SCHEMA = probeLoadSchema.extend({ id });
