import { monotonicNowMs, patient } from '@piranha/common';
import type { BeatReadiness } from '@piranha/protocol/beat';
import { z } from 'zod';

/** An lvsd that said nothing for so long is not ready, whatever it said before, ms. */
const STALE_MS = patient(2_000);

const lvsdAlive = z.object({
  ready: z.boolean(),
  tableLoaded: z.boolean().optional(),
  servers: z.object({ up: z.number().int().min(0), total: z.number().int().min(0) }).optional(),
});

/** What lvsd said last of its table and its servers, for the partner to know. */
export class LvsdReadiness {
  private last: { readonly alive: z.infer<typeof lvsdAlive>; readonly atMs: number } | undefined;

  /** lvsd's event `alive` came with these data. */
  heard(data: unknown): void {
    const parsed = lvsdAlive.safeParse(data);
    if (parsed.success) this.last = { alive: parsed.data, atMs: monotonicNowMs() };
  }

  read(): BeatReadiness {
    const { last } = this;
    const alive = last !== undefined && monotonicNowMs() - last.atMs <= STALE_MS ? last.alive : undefined;
    const { up = 0, total = 0 } = alive?.servers ?? {};
    const firstVerdicts = alive?.ready === true;
    return {
      tableLoaded: alive?.tableLoaded ?? firstVerdicts,
      firstVerdicts,
      serversUp: Math.min(up, total),
      serversTotal: total,
    };
  }
}
