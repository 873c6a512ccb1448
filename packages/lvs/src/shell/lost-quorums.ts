import { errorText } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { readOwned, saveOwned } from '@piranha/ipvs';

/** The services without their quorum, in a file for the next lvsd: without a sorry server the table does not show it. */
export class LostQuorums {
  /** As the lvsd before left them. */
  readonly found: ReadonlySet<string>;
  private text: string;
  private saved: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly log: Pick<EventLog, 'log'>,
  ) {
    this.found = this.read();
    this.text = [...this.found].sort().join('\n');
  }

  /** Writes them down where they are others than before. */
  keep(keys: readonly string[]): void {
    const text = [...keys].sort().join('\n');
    if (text === this.text) return;
    this.text = text;
    this.saved = this.saved.then(() => saveOwned(this.path, new Set(keys))).catch(this.tell);
  }

  private read(): ReadonlySet<string> {
    try {
      return readOwned(this.path);
    } catch (error) {
      this.tell(error);
      return new Set();
    }
  }

  private readonly tell = (error: unknown): void => {
    this.log.log('LVSD_STATE_UNWRITABLE', { problem: `${this.path}: ${errorText(error)}` });
  };
}
