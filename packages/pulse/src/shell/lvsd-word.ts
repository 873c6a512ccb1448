import type { LvsdAlive } from '@piranha/protocol';
import { z } from 'zod';

const count = z.number().int().min(0);
const ALIVE: z.ZodType<LvsdAlive> = z.object({
  pid: count,
  ready: z.boolean(),
  tableInSync: z.boolean(),
  serversUp: count,
  serversTotal: count,
});

/** What lvsd said of itself last, for as long as it is connected. */
export class LvsdWord {
  private word: LvsdAlive | undefined;

  /** Takes a sign of life; one of an older lvsd, which says less, is as none. */
  heard(data: unknown): void {
    const result = ALIVE.safeParse(data);
    this.word = result.success ? result.data : undefined;
  }

  lost(): void {
    this.word = undefined;
  }

  latest(): LvsdAlive | undefined {
    return this.word;
  }
}
