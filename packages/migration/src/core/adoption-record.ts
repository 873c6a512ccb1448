import { z } from 'zod';

const ENTRY_LIMIT = 10_000;
const TABLE_LIMIT_CHARACTERS = 16 * 1024 * 1024;

const side = z.object({
  interface: z.string().min(1).max(15),
  syncId: z.number().int().min(0).max(255),
  maxLength: z.number().int().min(1).max(65_535).optional(),
});

/** What an adoption found and did, so that it can be given back. */
export const ADOPTION_RECORD = z.object({
  kind: z.enum(['keepalived', 'ldirectord', 'piranha']),
  configFile: z.string().min(1).max(4_096),
  ipvsadmPath: z.string().min(1).max(4_096),
  /** Wall clock, ISO 8601. */
  at: z.string().max(40),
  processes: z
    .array(z.object({ pid: z.number().int().min(1), startTicks: z.number().int().min(0) }))
    .max(ENTRY_LIMIT),
  /** The table at that moment, as `ipvsadm -Sn` prints it. */
  table: z.string().max(TABLE_LIMIT_CHARACTERS),
  /** The virtual addresses as they were held. */
  addresses: z
    .array(
      z.object({
        address: z.union([z.ipv4(), z.ipv6()]),
        prefixLength: z.number().int().min(0).max(128),
        interface: z.string().min(1).max(15),
        label: z.string().max(15).optional(),
        broadcast: z.ipv4().optional(),
      }),
    )
    .max(ENTRY_LIMIT),
  /** The kernel's connection synchronisation. */
  sync: z.object({ master: side.optional(), backup: side.optional() }),
  timeouts: z.object({
    tcpSeconds: z.number().int().min(0),
    tcpFinSeconds: z.number().int().min(0),
    udpSeconds: z.number().int().min(0),
  }),
});

export type AdoptionRecord = Readonly<z.infer<typeof ADOPTION_RECORD>>;

/** A virtual address as another product held it. */
export type FoundAddress = AdoptionRecord['addresses'][number];
