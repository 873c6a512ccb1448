import { z } from 'zod';
import { MOST_LATENESSES } from './core/lateness.js';
import type { HeartbeatMeasurement, PartnerState, PathQuality, Windows } from './heartbeat-measurement.js';

const count = z.number().int().min(0);
const duration = z.number().min(0);

const quality: z.ZodType<PathQuality> = z.object({
  beats: count,
  lost: count,
  p50Ms: duration,
  p99Ms: duration,
  p999Ms: duration,
  maxMs: duration,
  longestGapMs: duration,
  longestGapAt: z.string().optional(),
});

const silences = z.object({
  observedMs: duration,
  late: z.array(z.tuple([duration, duration])).max(MOST_LATENESSES),
  longestMs: duration,
  longestAt: z.string().optional(),
});

/** One path's figures in all windows, as `status` carries them too. */
export const pathQualitySchema: z.ZodType<Windows<PathQuality>> = z.object({
  hour: quality,
  day: quality,
  month: quality,
});

export const partnerStateSchema: z.ZodType<PartnerState> = z.enum(['running', 'stopped', 'silent', 'none']);

/** Answer of pulse's `heartbeats`. */
export const heartbeatMeasurementSchema: z.ZodType<HeartbeatMeasurement> = z.object({
  keepaliveMs: z.number().min(1),
  deadtimeMs: z.number().min(1),
  falseTakeoverYears: z.number().positive(),
  partner: partnerStateSchema,
  paths: z.array(
    z.object({
      name: z.string(),
      local: z.string(),
      partner: z.string(),
      heard: z.boolean(),
      quality: pathQualitySchema,
    }),
  ),
  together: z.object({ hour: silences, day: silences, month: silences }),
  own: z.object({ ticks: count, p99Ms: duration, p999Ms: duration, maxMs: duration }),
  interruptions: count,
  adaptive: z.object({
    enabled: z.boolean(),
    thresholdMs: duration.optional(),
    because: z.string().optional(),
  }),
});
