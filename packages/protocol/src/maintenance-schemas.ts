import { z } from 'zod';
import { SERVER_ORDER_LIMIT, type ServerOrder } from './core/server-orders.js';
import type {
  MaintenanceAnswer,
  MaintenanceExchange,
  MaintenanceRequest,
  ServerMaintenance,
} from './maintenance.js';

/** Validators of orders about real servers. Texts of people are bounded and printable, for they end in logs. */

const count = z.number().int().min(0);
const LONGEST_TIMEOUT_SECONDS = 30 * 86_400;
const UNPRINTABLE = /\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u;

const printable = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((text) => !UNPRINTABLE.test(text), 'a character that cannot be printed');
const timeoutSeconds = z.number().min(0).max(LONGEST_TIMEOUT_SECONDS).optional();

const serverOrder: z.ZodType<ServerOrder> = z.object({
  place: printable(200).min(1),
  kind: z.enum(['drain', 'disable', 'none']),
  by: printable(200),
  // One form, so that times compare as texts.
  at: z.iso.datetime({ precision: 3 }),
  reason: printable(500),
  timeoutSeconds,
  version: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
});

/** Orders of a director, as they are on disk and as the partner sends them. */
export const maintenanceExchangeSchema: z.ZodType<MaintenanceExchange> = z.object({
  orders: z.array(serverOrder).max(SERVER_ORDER_LIMIT),
});

/** What an operator asks of lvsd. */
export const maintenanceRequestSchema: z.ZodType<MaintenanceRequest> = z.object({
  action: z.enum(['drain', 'undrain', 'disable', 'enable']),
  server: printable(300).min(1),
  by: printable(200),
  reason: printable(500).optional(),
  timeoutSeconds,
  force: z.boolean().optional(),
});

/** Why a server of the status is out of service. */
export const serverMaintenanceSchema: z.ZodType<ServerMaintenance> = z.object({
  kind: z.enum(['drain', 'disable']),
  phase: z.enum(['draining', 'drained', 'disabled', 'held']),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
  timeoutSeconds: z.number().min(0).optional(),
  left: z.object({ active: count, inactive: count, templates: count }).optional(),
});

/** Answer of lvsd's `maintain` and `maintenance`. */
export const maintenanceAnswerSchema: z.ZodType<MaintenanceAnswer> = z.object({
  ok: z.boolean(),
  text: z.string(),
  code: z.string().max(64).optional(),
  servers: z.array(
    z.object({
      service: z.string(),
      server: z.string(),
      address: z.string(),
      place: z.string(),
      maintenance: serverMaintenanceSchema.optional(),
    }),
  ),
});
