import { runMain } from '@piranha/common';
import { GROUPS } from '../scenarios/index.js';
import { bootGuest } from './boot.js';

const GROUP_LIMIT_MS = 900_000;

runMain('lab', async () => {
  const names = process.argv.slice(2);
  for (const { name, title } of GROUPS.filter((group) => names.length === 0 || names.includes(group.name))) {
    process.stdout.write(`${title}\n`);
    await bootGuest({
      group: name,
      limitMs: GROUP_LIMIT_MS,
      onLine: (line) => process.stdout.write(`    ${line}\n`),
      onMessage: (message) => {
        if (message.type === 'result') {
          process.stdout.write(
            `  ${message.ok ? 'ok    ' : 'FAILED'} ${message.title} (${message.durationMs} ms)\n`,
          );
          if (message.problem) process.stdout.write(`${message.problem}\n`);
        } else if (message.type === 'broken') process.stdout.write(`${message.problem}\n`);
      },
    });
  }
});
