import { isIP } from 'node:net';
import type { PulseAlive } from '@piranha/protocol';
import { z } from 'zod';

const ADDRESS = z.string().refine((text) => isIP(text) !== 0);

/** Of five directors, four others with eight paths each. */
const MOST_PLAN_PATHS = 32;

const BOOT = z.string().regex(/^[0-9a-f]{16}$/);
const COUNT = z.number().int().min(0);

const SESSION = z.object({ boot: BOOT, sequence: COUNT }).optional();

const BEAT = z.object({
  node: z.string().max(63),
  partner: z.string().max(63),
  keyFile: z.string(),
  keysTaken: COUNT,
  encrypt: z.boolean(),
  announced: z.boolean().optional(),
  boot: BOOT,
  sequence: COUNT,
  session: SESSION,
  others: z
    .array(z.object({ node: z.string().max(63), session: SESSION }))
    .max(16)
    .optional(),
  directors: z.array(z.string().max(63)).max(16).optional(),
  priority: COUNT,
  configuration: z.object({ hash: BOOT, serial: COUNT }),
  readiness: z.object({
    tableLoaded: z.boolean(),
    firstVerdicts: z.boolean(),
    serversUp: COUNT,
    serversTotal: COUNT,
  }),
});

const PULSE_ALIVE = z.object({
  pid: z.number().int().positive(),
  active: z.boolean(),
  word: z.enum(['lvs running', 'lvs stopped']),
  keepaliveMs: z.number().positive().finite(),
  deadtimeMs: z.number().positive().finite(),
  port: z.number().int().min(1).max(65_535),
  paths: z
    .array(
      z.object({
        local: ADDRESS,
        partner: ADDRESS,
        name: z.string().max(63).optional(),
        multicast: ADDRESS.optional(),
      }),
    )
    .max(MOST_PLAN_PATHS),
  beat: BEAT.optional(),
  groups: z
    .array(
      z.object({
        name: z.string().max(63),
        vips: z.array(z.string().max(64)).max(65_536),
        active: z.boolean(),
        word: z.enum(['lvs running', 'lvs stopped']),
      }),
    )
    .max(32)
    .optional(),
});

/** Checks a report of pulse; undefined when it is none. */
export function parsePulseAlive(data: unknown): PulseAlive | undefined {
  const parsed = PULSE_ALIVE.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}
