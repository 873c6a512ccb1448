import type { Table } from '@piranha/ipvs';
import type { Director } from './director.js';

const INTERVAL_MS = 20;

/** Looks again and again at the live table of a director; a content is kept when it differs from the one before. */
export class TableSamples {
  /** How often the table could be read. */
  count = 0;
  private readonly seen: string[] = [];
  private running = true;
  private readonly done: Promise<void>;

  constructor(private readonly director: Director) {
    this.done = this.loop();
  }

  /** Ends. @returns every content in its order, as `contents` writes it */
  async end(): Promise<readonly string[]> {
    this.running = false;
    await this.done;
    return this.seen;
  }

  private async loop(): Promise<void> {
    while (this.running) {
      const text = await contents(this.director).catch(() => undefined);
      if (text !== undefined) this.count += 1;
      if (text !== undefined && text !== this.seen.at(-1)) this.seen.push(text);
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  }
}

/** The servers in the live table: `address weight`, sorted. @throws UserError while ipvsu does not answer */
export async function contents(director: Director): Promise<string> {
  const { services } = (await director.call(director.files.ipvsuSocket, 'table.read')) as Table;
  const servers = services.flatMap((service) => service.servers);
  return servers
    .map(({ address, weight }) => `${address} ${weight}`)
    .sort()
    .join(', ');
}
