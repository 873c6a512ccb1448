import { type EventFields, type EventId, eventRecord, isEventId } from '@piranha/events/catalogue';
import { z } from 'zod';

/** What a nanny may send. Everything it says is checked and bounded before it is believed. */

const REASON_LIMIT = 1_000;
const FIELD_COUNT_LIMIT = 32;

const id = z.string().min(1).max(1_000);
const reason = z.string().transform((text) => text.slice(0, REASON_LIMIT));
const field = z.union([z.string().max(4_096), z.number()]);

export const HELLO_SCHEMA = z.object({ id, pid: z.number().int().positive() });
export const ALIVE_SCHEMA = z.object({ id });
export const RESULT_SCHEMA = z.object({
  id,
  ok: z.boolean(),
  reason,
  durationMs: z.number(),
  up: z.boolean(),
  lateMs: z.number().min(0).optional(),
  intervalMs: z.number().min(0).optional(),
});
export const TRANSITION_SCHEMA = z.object({ id, up: z.boolean(), reason });

export const READING_SCHEMA = z.object({
  id,
  reading: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('load'), load: z.number().min(0).max(1_000_000) }),
    z.object({
      kind: z.literal('agent'),
      percent: z.number().min(0).max(100).optional(),
      order: z.enum(['ready', 'drain', 'maint']).optional(),
    }),
    z.object({
      kind: z.literal('check'),
      weight: z.union([z.literal('configured'), z.number().int().min(0).max(253)]),
    }),
  ]),
});

const LOG_SCHEMA = z.object({
  id,
  event: z.string().max(100),
  fields: z
    .record(z.string().max(100), field)
    .refine((fields) => Object.keys(fields).length <= FIELD_COUNT_LIMIT),
});

export interface NannyLine {
  readonly id: string;
  readonly event: EventId;
  readonly fields: EventFields;
}

/**
 * A nanny's log line, or undefined when it is not one: an unknown event, another daemon's event, a missing field of
 * the phrase, too many or too long fields.
 */
export function readNannyLine(data: unknown): NannyLine | undefined {
  const parsed = LOG_SCHEMA.safeParse(data);
  if (!parsed.success || !isEventId(parsed.data.event)) return undefined;
  const { event, fields } = parsed.data;
  try {
    if (eventRecord(event, fields).ident !== 'nanny') return undefined;
  } catch {
    return undefined;
  }
  return { id: parsed.data.id, event, fields };
}
