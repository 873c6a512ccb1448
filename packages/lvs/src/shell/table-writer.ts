import { errorText, monotonicNowMs, UserError } from '@piranha/common';
import type { Director, Table, TableOperation } from '@piranha/ipvs';
import {
  initialTableSync,
  stepTableSync,
  type TableSyncEffect,
  type TableSyncEvent,
  type TableSyncPolicy,
  type TableSyncState,
  type TableTools,
} from '../core/table-sync.js';
import type { DirectorOpener, OpenDirector } from './open-director.js';

/** A refusal, a recovery or a loss, for the log. */
export type TableNotice = Extract<
  TableSyncEffect,
  { type: 'logLost' | 'logFailed' | 'logRecovered' | 'logApplied' | 'logDrift' }
>;

interface TableWriterOptions {
  readonly open: DirectorOpener;
  readonly owned: ReadonlySet<string>;
  /** Writes the owned file; done before the entries are made. */
  readonly saveOwned: (keys: ReadonlySet<string>) => Promise<void>;
  readonly tools: TableTools;
  /** Read at each step, for a reload may change it. */
  readonly policy: () => TableSyncPolicy;
  /** The table was read, at the start or (`afterMs`) that long after the backend was lost. */
  readonly onLoaded: (table: Table, afterMs: number | undefined) => void;
  readonly onNotice: (notice: TableNotice) => void;
  /** After each step, for whoever waits for a state. */
  readonly onStep: () => void;
}

/** The one writer of the table: carries out what the table core decides. */
export class TableWriter {
  state: TableSyncState;
  private opened: OpenDirector | undefined;
  /** Grows with each connection; answers of an earlier one are dropped. */
  private generation = 0;
  private closed = false;
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly options: TableWriterOptions) {
    this.state = initialTableSync(options.owned);
  }

  /** The open backend, for statistics and timeouts; undefined while it is lost. */
  get backend(): Director | undefined {
    return this.state.link === 'online' ? this.opened?.director : undefined;
  }

  tick(): void {
    this.step({ type: 'tick' });
  }

  desire(table: Table): void {
    this.step({ type: 'desire', table });
  }

  close(): void {
    this.closed = true;
    this.generation += 1;
    this.opened?.close();
  }

  /** Resolves when the owned keys that are being written are on disk. */
  get saved(): Promise<void> {
    return this.saving;
  }

  private step(event: TableSyncEvent): void {
    if (this.closed) return;
    const { policy, tools } = this.options;
    const { state, effects } = stepTableSync(policy(), tools, this.state, event, monotonicNowMs());
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
    this.options.onStep();
  }

  private carryOut(effect: TableSyncEffect): void {
    switch (effect.type) {
      case 'connect':
        this.connect();
        return;
      case 'read':
        this.ask(async (director) => ({ type: 'read', table: await director.readTable() }));
        return;
      case 'apply':
        this.apply(effect.operations, effect.owned);
        return;
      case 'saveOwned':
        this.ask(async () => {
          await this.save(effect.owned);
          return { type: 'tick' };
        });
        return;
      case 'loaded':
        this.options.onLoaded(effect.table, effect.afterMs);
        return;
      default:
        this.options.onNotice(effect);
    }
  }

  private apply(operations: readonly TableOperation[], owned: ReadonlySet<string>): void {
    this.ask(async (director) => {
      await this.save(owned);
      return { type: 'applied', results: await director.apply(operations) };
    });
  }

  /** One after the other: two that write the same file at once would mix their keys. */
  private save(owned: ReadonlySet<string>): Promise<void> {
    const saved = this.saving.then(() => this.options.saveOwned(owned));
    this.saving = saved.catch(() => undefined);
    return saved;
  }

  private connect(): void {
    this.generation += 1;
    this.opened?.close();
    this.opened = undefined;
    const { generation } = this;
    const lost = (message: string) => {
      if (generation === this.generation) this.step({ type: 'lost', message });
    };
    this.options
      .open(() => lost('connection closed'))
      .then((opened) => {
        if (generation !== this.generation) return opened.close();
        this.opened = opened;
        this.step({ type: 'connected' });
      })
      .catch((error: unknown) => lost(problemText(error)));
  }

  /** One request; whatever goes wrong with it means that the backend is to be reached and read anew. */
  private ask(request: (director: Director) => Promise<TableSyncEvent>): void {
    const { opened, generation } = this;
    if (!opened) return;
    request(opened.director)
      .then((event) => {
        if (generation === this.generation) this.step(event);
      })
      .catch((error: unknown) => {
        if (generation === this.generation) this.step({ type: 'lost', message: problemText(error) });
      });
  }
}

/** With the remedy, where there is one: the line in the log is all that an operator gets. */
function problemText(error: unknown): string {
  const text = errorText(error);
  return error instanceof UserError && error.hint !== undefined ? `${text}: ${error.hint}` : text;
}
