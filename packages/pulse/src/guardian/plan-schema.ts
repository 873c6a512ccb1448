import { isIPv4 } from 'node:net';
import type { PulseAlive } from '@piranha/protocol';
import { z } from 'zod';

const ADDRESS = z.string().refine((text) => isIPv4(text));

const PULSE_ALIVE = z.object({
  pid: z.number().int().positive(),
  active: z.boolean(),
  word: z.enum(['lvs running', 'lvs stopped']),
  keepaliveMs: z.number().positive().finite(),
  deadtimeMs: z.number().positive().finite(),
  port: z.number().int().min(1).max(65_535),
  paths: z.array(z.object({ local: ADDRESS, partner: ADDRESS })).max(16),
});

/** Checks a report of pulse; undefined when it is none. */
export function parsePulseAlive(data: unknown): PulseAlive | undefined {
  const parsed = PULSE_ALIVE.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}
