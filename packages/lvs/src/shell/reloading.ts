import { UserError } from '@piranha/common';
import type { LoadResult } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { LvsdStatus, ReloadAnswer } from '@piranha/protocol';
import type { Setup } from '../core/setup.js';

interface ReloadingOptions {
  readonly log: EventLog;
  /** Reads the configuration file again. */
  readonly load: () => Promise<{ readonly result: LoadResult; readonly setup: Setup | undefined }>;
  /** Findings as lines for the answer. */
  readonly describe: (result: LoadResult) => readonly string[];
  readonly isStopping: () => boolean;
  /** Takes a sound configuration over: the table operations that it means, as text, and the nannies that it touches. */
  readonly change: (setup: Setup) => { readonly operations: readonly string[]; readonly nannies: number };
  /** Resolves once the table is as it should be, or will not be in time. */
  readonly settled: () => Promise<void>;
}

/** Reads the configuration again when somebody asks: one at a time, never half. */
export class Reloading {
  private last: LvsdStatus['lastReload'];
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ReloadingOptions) {}

  /** What became of the last one. */
  get result(): LvsdStatus['lastReload'] {
    return this.last;
  }

  request(): Promise<ReloadAnswer> {
    const answer = this.running.then(() => this.reload());
    this.running = answer.catch(() => undefined);
    return answer;
  }

  private async reload(): Promise<ReloadAnswer> {
    const { log, load, describe, isStopping, settled } = this.options;
    if (isStopping()) throw new UserError('lvsd is stopping', { code: 'LVSD_STOPPING' });
    log.log('LVSD_RELOAD');
    const { result, setup } = await load();
    const diagnostics = describe(result);
    if (!setup) {
      this.refuse(result, diagnostics);
      return { ok: false, diagnostics, operations: [] };
    }
    for (const diagnostic of diagnostics) log.log('LVSD_CONFIG_WARNING', { diagnostic });
    const { operations, nannies } = this.options.change(setup);
    log.log('LVSD_RELOADED', { operations: operations.length, nannies });
    const text = `${operations.length} table operations, ${nannies} nannies touched`;
    this.last = { at: new Date().toISOString(), ok: true, text };
    await settled();
    return { ok: true, diagnostics, operations };
  }

  private refuse(result: LoadResult, diagnostics: readonly string[]): void {
    const { log } = this.options;
    const line = result.diagnostics.find(({ severity }) => severity === 'error')?.line ?? 0;
    log.log('LVSD_RELOAD_REFUSED', { file: result.file, line });
    for (const diagnostic of diagnostics) log.log('LVSD_CONFIG_ERROR', { diagnostic });
    this.last = { at: new Date().toISOString(), ok: false, text: diagnostics.join('\n') };
  }
}
