import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '@piranha/common';
import { z } from 'zod';
import { EMPTY_RECORD, type StateRecord } from '../core/model.js';
import { isEmptyRecord } from '../core/plan.js';
import { notPermitted } from './apply-steps.js';
import { failure } from './failure.js';

const SIZE_LIMIT_BYTES = 1024 * 1024;
const LIST_LIMIT = 10_000;

const ADDRESS = z.union([z.ipv4(), z.ipv6()]);
const INTERFACE = z.string().regex(/^[^\s/]{1,15}$/);
const VALUE = z.string().max(200);
/** Only what this program changes: a record never leads a write anywhere else. */
const SETTING = z.string().regex(/^net\/ipv4\/conf\/[^\s/]{1,15}\/(?:arp_ignore|arp_announce|rp_filter)$/);

const RECORD = z.object({
  version: z.literal(1),
  bootId: z.string().max(100),
  wanted: z.object({
    vips: z.array(z.object({ address: ADDRESS, method: z.enum(['direct', 'tunnel']) })).max(LIST_LIMIT),
    arp: z.enum(['sysctl', 'nft']),
    pathMtuBytes: z.number().int().min(0).max(65_535),
  }),
  addresses: z.array(z.object({ address: ADDRESS, interface: INTERFACE })).max(LIST_LIMIT),
  sysctls: z.array(z.object({ path: SETTING, before: VALUE, ours: VALUE })).max(LIST_LIMIT),
  links: z.array(z.object({ name: INTERFACE, addresses: z.array(ADDRESS).max(LIST_LIMIT) })).max(LIST_LIMIT),
  hasArpTable: z.boolean(),
  hasSegmentTable: z.boolean(),
});

/** The record of what was changed, `state.json` in the run directory. */
export class StateFile {
  private readonly path: string;

  constructor(private readonly directory: string) {
    this.path = join(directory, 'state.json');
  }

  /**
   * The record; an empty one where there is none. One from before the machine was booted tells of nothing that is still
   * there, and counts for none.
   * @throws UserError `REALSERVER_RECORD` for one that cannot be used: nothing is undone by guessing
   */
  read(): StateRecord {
    let text: string;
    try {
      if (statSync(this.path).size > SIZE_LIMIT_BYTES) throw this.broken(`over ${SIZE_LIMIT_BYTES} bytes`);
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return EMPTY_RECORD;
      if (code === 'EACCES') throw notPermitted(errorText(error));
      throw error;
    }
    try {
      const { version: _, bootId, ...record } = RECORD.parse(JSON.parse(text));
      return bootId === currentBootId() ? record : EMPTY_RECORD;
    } catch (error) {
      throw this.broken(error instanceof z.ZodError ? 'not a record of this program' : errorText(error));
    }
  }

  /** Keeps the record, whole at every moment; an empty one removes the file. */
  write(record: StateRecord): void {
    if (isEmptyRecord(record)) {
      rmSync(this.path, { force: true });
      return;
    }
    // Under the lock there is one writer, so that what a killed one left is written over.
    const temporary = `${this.path}.new`;
    try {
      writeFileSync(temporary, `${JSON.stringify({ version: 1, bootId: currentBootId(), ...record })}\n`, {
        mode: 0o600,
      });
      renameSync(temporary, this.path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** Makes the directory. */
  prepare(): void {
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o755 });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw code === 'EACCES' || code === 'EPERM'
        ? notPermitted(errorText(error))
        : failure('REALSERVER_RUN_DIRECTORY', errorText(error), 'name another directory with --run-dir');
    }
  }

  private broken(reason: string): Error {
    const hint = 'look at the addresses of lo and tunl0 and the settings by hand, then remove the file';
    return failure('REALSERVER_RECORD', `${this.path}: ${reason}`, hint);
  }
}

/** Another one after each boot of the machine; empty where the kernel does not tell. */
function currentBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
