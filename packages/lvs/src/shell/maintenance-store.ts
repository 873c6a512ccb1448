import { lstatSync, readFileSync, renameSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorText, UserError } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { type MaintenanceRecord, maintenanceRecord } from '@piranha/protocol';
import { maintenanceExchangeSchema } from '@piranha/protocol/maintenance-schemas';

/** 20,000 orders with long reasons make less. */
const LIMIT_BYTES = 16 * 1024 * 1024;
/** Others may not write it: it decides who serves. */
const WRITABLE_BY_OTHERS = 0o022;

/** The orders about real servers on disk: they outlive lvsd, pulse and the machine. */
export class MaintenanceStore {
  constructor(
    private readonly path: string,
    private readonly log: Pick<EventLog, 'log'>,
  ) {}

  /** The orders; none without a file. A file that cannot be understood is told of and set aside. */
  read(): MaintenanceRecord {
    try {
      const { size, mode } = lstatSync(this.path);
      if (size > LIMIT_BYTES) throw new Error(`larger than ${LIMIT_BYTES} bytes`);
      if ((mode & WRITABLE_BY_OTHERS) !== 0) throw new Error('others than its owner may write it');
      const content = maintenanceExchangeSchema.safeParse(JSON.parse(readFileSync(this.path, 'utf8')));
      if (!content.success) throw new Error(`no orders: ${content.error.issues[0]?.path.join('.')}`);
      return maintenanceRecord(content.data.orders);
    } catch (error) {
      if (!isMissing(error)) this.setAside(errorText(error));
      return [];
    }
  }

  /**
   * Writes the orders whole or not at all, and to the disk before it resolves.
   * @throws UserError `LVSD_STATE_UNWRITABLE`
   */
  async save(orders: MaintenanceRecord): Promise<void> {
    const temporary = `${this.path}.${process.pid}`;
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
      await rm(temporary, { force: true });
      // Only a file that this process makes itself is written to.
      await writeSynced(temporary, `${JSON.stringify({ version: 1, orders })}\n`);
      await rename(temporary, this.path);
      await syncDirectory(dirname(this.path));
    } catch (error) {
      // On a full disk it would take what little there is.
      await rm(temporary, { force: true }).catch(() => undefined);
      const problem = `${this.path}: ${errorText(error)}`;
      this.log.log('LVSD_STATE_UNWRITABLE', { problem });
      throw new UserError(`the order cannot be kept: ${problem}`, {
        code: 'LVSD_STATE_UNWRITABLE',
        hint: "make lvsd's state directory writable: nothing was changed",
      });
    }
  }

  private setAside(problem: string): void {
    let kept = `${this.path}.broken`;
    try {
      renameSync(this.path, kept);
    } catch (error) {
      kept = `nowhere: ${errorText(error)}`;
    }
    this.log.log('LVSD_ORDERS_BROKEN', { file: this.path, problem, kept });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The name must be on disk too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
