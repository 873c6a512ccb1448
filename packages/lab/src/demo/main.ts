import { runMain } from '@piranha/common';
import { runLive } from './live.js';
import { DEMO_HELP, readDemoOptions } from './options.js';
import { runPlain } from './plain.js';
import { FailoverScenario } from './scenario.js';
import { DEMO_CONFIGURATION, Stage } from './stage.js';

runMain('demo', async () => {
  // A reader that goes away (npm start | head) ends the demo in order, not with a stack trace.
  process.stdout.on('error', () => process.kill(process.pid, 'SIGTERM'));
  const options = readDemoOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(DEMO_HELP);
    return;
  }
  if (options.scenario) return runScenario();
  return process.stdout.isTTY && process.stdin.isTTY ? runLive(options) : runPlain(options);
});

async function runScenario(): Promise<void> {
  const startedAtMs = Date.now();
  const say = (line: string): void => {
    process.stdout.write(`${((Date.now() - startedAtMs) / 1_000).toFixed(2).padStart(6)} s  ${line}\n`);
  };
  const stage = await Stage.prepare((director, line) => {
    if (process.env.PIRANHA_DEMO_LOG === '1') say(`${director}| ${line}`);
  });
  say(`lvs.cf: ${DEMO_CONFIGURATION}`);
  process.once('SIGINT', () => void stage.stop().finally(() => process.exit(130)));
  process.once('SIGTERM', () => void stage.stop().finally(() => process.exit(143)));
  try {
    const report = await new FailoverScenario(stage, say).run();
    for (const { name, ok, why } of report.invariants) say(`${ok ? 'held  ' : 'BROKEN'}  ${name}: ${why}`);
    await stage.stop();
    process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(report.ok ? 0 : 1));
  } catch (error) {
    await stage.stop();
    throw error;
  }
}
