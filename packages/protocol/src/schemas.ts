import { z } from 'zod';
import type { GuardianStatus } from './guardian-status.js';
import { partnerStateSchema, pathQualitySchema } from './heartbeat-schemas.js';
import { serverMaintenanceSchema } from './maintenance-schemas.js';
import type { HandoverAnswer, ReloadAnswer } from './messages.js';
import {
  checkIntervalSchema,
  probeLoadSchema,
  probeRateSchema,
  probeStatusSchema,
} from './shared-nanny-schemas.js';
import type { LvsdStatus, PulseStatus } from './status.js';

/**
 * Validators of what the daemons answer, for programs that show it. Members that are not known are dropped, so that a
 * newer daemon may say more. Texts and lists are limited only by the frame's size.
 */

const count = z.number().int().min(0);
const processId = z.number().int().min(1);

const historyEntry = z.object({ at: z.string(), event: z.string(), text: z.string() });

const eventCounts = z.record(z.string(), count).optional();

const pathStatus = z.object({
  name: z.string().max(63),
  director: z.string().optional(),
  local: z.string(),
  partner: z.string(),
  multicast: z.string().optional(),
  sent: count,
  received: count,
  silentMs: z.number().min(0).optional(),
  quality: pathQualitySchema.optional(),
});

const directorStatus = z.object({
  name: z.string(),
  rank: count,
  life: z.enum(['unknown', 'alive', 'dead']),
  duty: z.string().optional(),
  heardAgoMs: z.number().min(0).optional(),
  isRelayed: z.boolean().optional(),
  ready: z.boolean().optional(),
  because: z.string().optional(),
});

const childStatus = z.object({
  name: z.string(),
  pid: processId.optional(),
  phase: z.string(),
  starts: count,
});

const syncStatus = z.object({
  goal: z.string(),
  master: z.boolean(),
  backup: z.boolean(),
  guardOn: z.boolean(),
  listeningSeconds: z.number().min(0).optional(),
  connections: z
    .object({ total: count, synced: count, byState: z.record(z.string(), count), cut: z.boolean() })
    .optional(),
  coverage: z.object({ total: count, known: count, idleSeconds: z.number().min(0).optional() }).optional(),
});

const witnessStatus = z.object({
  policy: z.enum(['advise', 'require']),
  quorum: count,
  isEnough: z.boolean(),
  text: z.string(),
  targets: z.array(
    z.object({
      name: z.string(),
      reach: z.enum(['unknown', 'reachable', 'unreachable']),
      roundTripMs: z.number().min(0).optional(),
      answeredAgoMs: z.number().min(0).optional(),
      asked: count,
      answered: count,
      problem: z.string().optional(),
    }),
  ),
});

const beatConfiguration = z.object({ hash: z.string(), serial: count });

const heartbeatStatus = z.object({
  protocol: z.enum(['words', 'authenticated', 'announced']),
  announcing: z.boolean().optional(),
  wordsCount: z.boolean().optional(),
  keyId: count.optional(),
  encrypted: z.boolean().optional(),
  configuration: beatConfiguration.optional(),
  dropped: z.record(z.string(), count).optional(),
  partner: z
    .object({
      life: z.string(),
      openMs: z.number(),
      heardAgoMs: z.number(),
      duty: z.string(),
      standIn: z.boolean(),
      priority: count,
      readiness: z.object({
        tableLoaded: z.boolean(),
        firstVerdicts: z.boolean(),
        listenedPercent: z.number().optional(),
        listenedSeconds: z.number().optional(),
        serversUp: count,
        serversTotal: count,
      }),
      failure: z.string().optional(),
      reason: z.string(),
      configuration: beatConfiguration,
      hearsUs: z.array(z.object({ name: z.string(), agoMs: z.number().optional() })).optional(),
    })
    .optional(),
});

/** Answer of pulse's `status`. */
export const pulseStatusSchema: z.ZodType<PulseStatus> = z.object({
  version: z.string(),
  pid: processId,
  role: z.enum(['primary', 'backup']),
  name: z.string().optional(),
  rank: count.optional(),
  directors: z.array(directorStatus).optional(),
  active: z.boolean(),
  state: z.string(),
  reason: z.string(),
  since: z.string(),
  configFile: z.string(),
  keepaliveMs: z.number().min(0),
  deadtimeMs: z.number().min(0),
  adaptive: z
    .object({ thresholdMs: z.number().min(0).optional(), because: z.string().optional(), falseAlarms: count })
    .optional(),
  clockStepMs: z.number().optional(),
  readiness: z
    .object({
      ready: z.boolean(),
      reasons: z.array(z.string()),
      tableLoaded: z.boolean(),
      firstVerdicts: z.boolean(),
      serversUp: count,
      serversTotal: count,
    })
    .optional(),
  maintenance: z
    .object({ by: z.string(), at: z.string(), reason: z.string(), unlessAlone: z.boolean() })
    .optional(),
  partner: partnerStateSchema,
  paths: z.array(pathStatus),
  heartbeat: heartbeatStatus.optional(),
  vips: z.array(z.string()),
  groups: z
    .array(
      z.object({
        name: z.string(),
        preferred: z.enum(['primary', 'backup']),
        active: z.boolean(),
        state: z.string(),
        reason: z.string(),
        since: z.string(),
        vips: z.array(z.string()),
        partner: z.string().optional(),
      }),
    )
    .optional(),
  witness: witnessStatus.optional(),
  sync: syncStatus.optional(),
  children: z.array(childStatus),
  history: z.array(historyEntry),
  eventCounts,
});

const serverStatus = z.object({
  name: z.string(),
  address: z.string(),
  port: z.number().int().min(0).max(65_535),
  health: z.enum(['up', 'down', 'unknown']),
  weight: count.optional(),
  configuredWeight: count,
  movingWeight: count.optional(),
  reason: z.string(),
  since: z.string(),
  activeConnections: count,
  inactiveConnections: count,
  connections: count,
  nannyPid: processId.optional(),
  nannyStarts: count,
  checkInterval: checkIntervalSchema.optional(),
  maintenance: serverMaintenanceSchema.optional(),
});

const serviceStatus = z.object({
  name: z.string(),
  key: z.string(),
  scheduler: z.string(),
  sorryServer: z.string().optional(),
  sorryServerActive: z.boolean(),
  rules: z
    .object({
      quorum: z.enum(['unknown', 'reached', 'lost']),
      panicking: z.boolean(),
      steady: z.array(z.string()),
    })
    .optional(),
  servers: z.array(serverStatus),
});

const sharedNanny = z.object({
  name: z.string(),
  pid: processId.optional(),
  starts: count,
  madePerSecond: z.number().min(0).optional(),
  allowedPerSecond: z.number().min(0).optional(),
  load: probeLoadSchema.optional(),
});

/** Answer of lvsd's `status`. */
export const lvsdStatusSchema: z.ZodType<LvsdStatus> = z.object({
  version: z.string(),
  pid: processId,
  configFile: z.string(),
  director: z.string(),
  tableInSync: z.boolean(),
  problems: z.array(z.string()),
  ready: z.boolean(),
  lastReload: z.object({ at: z.string(), ok: z.boolean(), text: z.string() }).optional(),
  services: z.array(serviceStatus),
  sharedNannies: z.array(sharedNanny).optional(),
  ownProbes: probeStatusSchema.optional(),
  probeRate: probeRateSchema.optional(),
  foreignEntries: z.array(z.string()),
  history: z.array(historyEntry),
  eventCounts,
});

/** Answer of `reload`, pulse's and lvsd's. */
export const reloadAnswerSchema: z.ZodType<ReloadAnswer> = z.object({
  ok: z.boolean(),
  diagnostics: z.array(z.string()),
  operations: z.array(z.string()),
});

/** Answer of pulse's `handover`, and of its `standby`. */
export const handoverAnswerSchema: z.ZodType<HandoverAnswer> = z.object({
  ok: z.boolean(),
  text: z.string(),
  durationMs: z.number().min(0),
  code: z.string().max(64).optional(),
});

/** A validator of one answer. */
export type AnswerSchema<T> = z.ZodType<T>;

export { heartbeatMeasurementSchema } from './heartbeat-schemas.js';
export {
  maintenanceAnswerSchema,
  maintenanceExchangeSchema,
  maintenanceRequestSchema,
} from './maintenance-schemas.js';
export * from './sync-schemas.js';

/** A guardian's `status`. */
export const guardianStatusSchema: AnswerSchema<GuardianStatus> = z.object({
  pid: processId,
  workerPid: processId.optional(),
  phase: z.string(),
  failures: count,
  standsIn: z.boolean(),
  holds: z.boolean(),
  restartInMs: z.number().min(0).optional(),
});
