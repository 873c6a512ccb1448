import { createInterface } from 'node:readline';
import { NeighbourNetlink } from '../../packages/net/dist/index.js';

// Does one call of NeighbourNetlink per line of JSON, and answers with a line of JSON.

const table = new NeighbourNetlink();
const calls = {
  entriesOf: (addresses) => table.entriesOf(addresses),
  confirm: async (neighbour) => (await table.confirm(neighbour)) ?? true,
  /** Ends the table while the first of two calls is under way; how they ended, and one behind the end. */
  closeAmid: async (addresses) => {
    const calls = [table.entriesOf(addresses), table.entriesOf(addresses)];
    for (let turn = 0; turn < 5; turn += 1) await undefined;
    table.close();
    const ended = await Promise.allSettled([...calls, table.entriesOf(addresses)]);
    return ended.map(({ status }) => status);
  },
};

const tell = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
createInterface({ input: process.stdin }).on('line', async (line) => {
  const [call, value] = JSON.parse(line);
  try {
    tell(await calls[call](value));
  } catch (error) {
    tell({ code: error.code, message: error.message });
  }
});
process.stdout.write('ready\n');
