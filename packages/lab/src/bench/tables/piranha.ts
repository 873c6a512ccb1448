import { parseConfiguration } from '@piranha/config';
import { desiredTable, diffTables, KernelDirector, ownedKeys } from '@piranha/ipvs';
import type { TableContender } from './contender.js';
import { ADDRESS, type ShapeService, shape } from './shape.js';

function blockText({ name, port, servers }: ShapeService): string {
  const blocks = servers.map(
    ({ address, weight }, index) =>
      `  server r${index} {\n    address = ${address}\n    active = 1\n    weight = ${weight}\n  }\n`,
  );
  return `virtual ${name} {\n  active = 1\n  address = ${ADDRESS} lo\n  port = ${port}\n  scheduler = rr\n${blocks.join('')}}\n`;
}

function fileText(weight: number): string {
  return `primary = 127.0.0.1\nbackup_active = 0\nservice = lvs\nnetwork = direct\n${shape(weight).map(blockText).join('')}`;
}

/**
 * The path of a file into the kernel that lvsd takes: read, checked, made a table, compared with the kernel's, the
 * difference applied and read back. Without nannies: 10,000 of them are no measure of a table.
 */
export class PiranhaTable implements TableContender {
  private readonly director = new KernelDirector();
  private text = '';
  private owned: ReadonlySet<string> = new Set<string>();

  configure(weight: number): void {
    this.text = fileText(weight);
  }

  load(): Promise<void> {
    return this.reload();
  }

  async reload(): Promise<void> {
    const { configuration, diagnostics } = await parseConfiguration(Buffer.from(this.text), 'lvs.cf');
    if (configuration === undefined) throw new Error(diagnostics.map(({ text }) => text).join('\n'));
    const desired = desiredTable(configuration, () => 'up');
    const operations = diffTables(desired, await this.director.readTable(), this.owned);
    const refused = (await this.director.apply(operations)).find(({ ok }) => !ok);
    if (refused !== undefined) throw new Error(JSON.stringify(refused));
    this.owned = new Set(ownedKeys(desired));
  }

  pids(): readonly number[] {
    return [process.pid];
  }

  lastLines(): string {
    return '';
  }
}
