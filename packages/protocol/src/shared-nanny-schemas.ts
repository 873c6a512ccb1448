import { z } from 'zod';

/** Validators of what a shared nanny tells of itself: for lvsd, and for whoever shows lvsd's status. */

const count = z.number().int().min(0);

const durations = z.object({
  count,
  p50Ms: z.number().min(0),
  p99Ms: z.number().min(0),
  maxMs: z.number().min(0),
});

/** Checks of the other nannies: `ProbeStatus`. */
export const probeStatusSchema = z.object({
  begun: count,
  failed: count,
  lateness: durations.optional(),
  interval: durations.optional(),
});

/** Checks in a second: `ProbeRateStatus`. */
export const probeRateSchema = z.object({
  madePerSecond: z.number().min(0),
  budgetPerSecond: z.number().min(0).optional(),
  heldBack: count,
});

/** How often a server is checked: `CheckIntervalStatus`. */
export const checkIntervalSchema = z.object({ configuredMs: z.number().min(0), actualMs: z.number().min(0) });

/** How a shared nanny copes: `ProbeLoad`. */
export const probeLoadSchema = z.object({
  services: count,
  probes: count,
  running: count,
  waiting: count,
  begun: count,
  failed: count.optional(),
  heldBack: count.optional(),
  lateness: durations.optional(),
  interval: durations.optional(),
});
