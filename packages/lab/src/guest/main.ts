import { monotonicNowMs } from '@piranha/common';
import { type LabMessage, printMessage } from '../kernel/console.js';
import { groupNamed } from '../scenarios/index.js';
import { tellSynchronised } from './clock.js';
import type { ScenarioGroup, SharedLab } from './group.js';

/** The driver: runs one group of scenarios inside the lab kernel and tells the outside what became of them. */

function say(message: LabMessage): void {
  process.stdout.write(`${printMessage(message)}\n`);
}

async function runScenarios(group: ScenarioGroup, lab: SharedLab): Promise<void> {
  for (const [title, run] of Object.entries(group.scenarios)) {
    const startedAtMs = monotonicNowMs();
    say({ type: 'started', title });
    try {
      await lab.ready?.();
      const figure = (await run(lab)) || undefined;
      const durationMs = Math.round(monotonicNowMs() - startedAtMs);
      say({ type: 'result', title, ok: true, durationMs, ...(figure === undefined ? {} : { figure }) });
    } catch (error) {
      const problem = `${textOf(error)}\n${lab.lastLines()}`;
      say({
        type: 'result',
        title,
        ok: false,
        durationMs: Math.round(monotonicNowMs() - startedAtMs),
        problem,
      });
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  const group = groupNamed(process.argv[2] ?? '');
  tellSynchronised(true);
  const lab = await group.open();
  try {
    await runScenarios(group, lab);
  } finally {
    await lab.close();
  }
} catch (error) {
  say({ type: 'broken', problem: textOf(error) });
}
say({ type: 'done' });
process.exit(0);
