import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { errorText } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { z } from 'zod';
import type { MaintenanceOrder } from '../core/types.js';

const LIMIT_BYTES = 4_096;

const ORDER = z.strictObject({
  version: z.literal(1),
  unlessAlone: z.boolean(),
  by: z.string().max(200),
  at: z.string().max(40),
  reason: z.string().max(500),
});

/** The order of maintenance standby on disk: it outlives pulse and the machine. No file, no order. */
export class MaintenanceFile {
  private readonly path: string;

  constructor(
    private readonly directory: string,
    private readonly log: Pick<EventLog, 'log'>,
  ) {
    this.path = join(directory, 'maintenance');
  }

  /** The order in force. A file that is there and cannot be understood is one: somebody wanted this node out. */
  read(): MaintenanceOrder | undefined {
    try {
      if (lstatSync(this.path).size > LIMIT_BYTES) throw new Error(`larger than ${LIMIT_BYTES} bytes`);
      const { unlessAlone, by, at, reason } = ORDER.parse(JSON.parse(readFileSync(this.path, 'utf8')));
      return { unlessAlone, by, at, reason };
    } catch (error) {
      if (isMissing(error)) return undefined;
      const problem = error instanceof z.ZodError ? 'not an order' : errorText(error);
      this.log.log('PULSE_MAINTENANCE_BROKEN', { file: this.path, problem });
      const reason = `${this.path} cannot be read: ${problem}`.slice(0, 500);
      return { unlessAlone: false, by: 'unknown', at: new Date().toISOString(), reason };
    }
  }

  /** Whether an order could be written: tried out before anything moves. @throws Error of the file system */
  tryOut(): void {
    this.writeBeside('');
    rmSync(this.temporary);
  }

  /** Writes the order, or removes it. @returns what kept it from being done, for the move itself is done */
  save(order: MaintenanceOrder | undefined): string | undefined {
    try {
      if (order === undefined) rmSync(this.path, { force: true });
      else {
        this.writeBeside(`${JSON.stringify({ version: 1, ...order })}\n`);
        renameSync(this.temporary, this.path);
      }
      this.syncDirectory();
      return undefined;
    } catch (error) {
      if (order === undefined && isMissing(error)) return undefined;
      const problem = `${this.path}: ${errorText(error)}`;
      this.log.log('PULSE_STATE_UNWRITABLE', { problem });
      return problem;
    }
  }

  private get temporary(): string {
    return `${this.path}.${process.pid}`;
  }

  private writeBeside(text: string): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    rmSync(this.temporary, { force: true });
    // Only a file that this process makes itself is written to.
    const file = openSync(this.temporary, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** The name must be on disk too. */
  private syncDirectory(): void {
    const directory = openSync(this.directory, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
