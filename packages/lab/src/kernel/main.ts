import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runMain, UserError } from '@piranha/common';
import type { ScenarioGroup } from '../guest/group.js';
import { GROUPS } from '../scenarios/index.js';
import { bootGuest } from './boot.js';
import type { LabMessage } from './console.js';

const GROUP_LIMIT_MS = 900_000;

/**
 * `npm run lab`: runs groups of scenarios one after the other, and ends with 1 if one of them fails. With
 * `--results FILE` what became of each is kept there.
 */
runMain('lab', async () => {
  const { values, positionals } = parseArgs({
    options: { results: { type: 'string' } },
    allowPositionals: true,
  });
  let failures = 0;
  const results: Result[] = [];
  for (const group of chosenGroups(positionals)) {
    process.stdout.write(`${group.title}\n`);
    await bootGuest({
      group: group.name,
      needs: group.needs,
      limitMs: GROUP_LIMIT_MS,
      onLine: (line) => process.stdout.write(`    ${line}\n`),
      onMessage: (message) => {
        failures += show(message);
        if (message.type === 'result') results.push(resultOf(group, message));
      },
    });
  }
  if (values.results !== undefined) {
    writeFileSync(values.results, `${JSON.stringify(results, undefined, 1)}\n`);
  }
  process.exitCode = failures > 0 ? 1 : 0;
});

/** What `--results FILE` keeps of a scenario. */
interface Result {
  readonly group: string;
  readonly title: string;
  readonly ok: boolean;
  /** What it measured or found. */
  readonly figure: string | undefined;
}

function resultOf(
  { name }: ScenarioGroup,
  { title, ok, figure }: Extract<LabMessage, { type: 'result' }>,
): Result {
  return { group: name, title, ok, figure };
}

function chosenGroups(names: readonly string[]): readonly ScenarioGroup[] {
  const unknown = names.find((name) => !GROUPS.some((group) => group.name === name));
  if (unknown !== undefined) {
    throw new UserError(`there is no group ${unknown}`, {
      code: 'LAB_NO_GROUP',
      hint: `npm run lab -- [${GROUPS.map(({ name }) => name).join('|')}]...`,
    });
  }
  return names.length === 0 ? GROUPS : GROUPS.filter(({ name }) => names.includes(name));
}

/** Prints what a scenario came to; the number of failures in it. */
function show(message: LabMessage): number {
  if (message.type === 'broken') {
    process.stdout.write(`  FAILED the group\n${message.problem}\n`);
    return 1;
  }
  if (message.type !== 'result') return 0;
  const { ok, title, durationMs, problem, figure } = message;
  process.stdout.write(`  ${ok ? 'ok    ' : 'FAILED'} ${title} (${durationMs} ms)\n`);
  if (problem) process.stdout.write(`${problem}\n`);
  if (figure) process.stdout.write(`${figure}\n`);
  return ok ? 0 : 1;
}
