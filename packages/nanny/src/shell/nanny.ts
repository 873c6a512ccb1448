import { SUITE_VERSION, setProcessTitle } from '@piranha/common';
import { NANNY_ENVIRONMENT } from '@piranha/protocol';
import type { Verdict } from '../core/check-loop.js';
import { firstCheckWithinMs } from '../core/first-check.js';
import { type NannyOptions, readCommandLine } from './options.js';
import type { Repeating } from './repeating.js';
import type { Reporter } from './reporter.js';
import { NannyRunner } from './runner.js';
import { prepareWatch } from './watch.js';
import { startWeightWatches } from './weight-watches.js';

/** The whole program, until a signal or the loss of lvsd ends the process. */
export async function runNanny(args: readonly string[]): Promise<void> {
  const options = readCommandLine(args, process.env[NANNY_ENVIRONMENT.checks]);
  if (options === 'help') {
    const { HELP } = await import('./help.js');
    process.stdout.write(HELP);
    return;
  }
  if (options === 'version') {
    process.stdout.write(`nanny ${SUITE_VERSION}\n`);
    return;
  }
  if ('shared' in options) {
    const { runSharedNanny } = await import('./shared/shared-nanny.js');
    return runSharedNanny(args);
  }
  setProcessTitle('nanny', args);
  if (options.probe) {
    const { probe } = await import('./probe.js');
    const { check } = await prepareWatch(options);
    return probe(check, (line) => process.stdout.write(line));
  }
  const lvsdLost = new AbortController();
  const [watch, reporter] = await Promise.all([prepareWatch(options), openReporter(options, lvsdLost)]);
  const known = knownVerdict(options.watch.initialState);
  const runner = new NannyRunner(watch.policy, watch.check, reporter, known);
  const weights: Repeating[] = [];
  const end = () =>
    void Promise.all([runner.stop(), ...weights.map((weight) => weight.stop())]).then(() => process.exit(0));
  if (lvsdLost.signal.aborted) return end();
  lvsdLost.signal.addEventListener('abort', end);
  listenForSignals(runner, reporter, end);
  for (const line of watch.lines) reporter.log(line);
  // A random moment each time: nannies that were started together do not go on in step.
  const { warmupMs } = options.watch;
  const withinMs = firstCheckWithinMs({ known, warmupMs, intervalMs: watch.policy.intervalMs });
  runner.handle({ type: 'start', delayMs: Math.random() * withinMs });
  weights.push(...(await startWeightWatches(options, watch.policy, runner, reporter)));
}

function knownVerdict(initial: Verdict): Verdict {
  const known = process.env[NANNY_ENVIRONMENT.state];
  return known === 'up' || known === 'down' ? known : initial;
}

async function openReporter(options: NannyOptions, lvsdLost: AbortController): Promise<Reporter> {
  const path = process.env[NANNY_ENVIRONMENT.socket];
  if (path === undefined || path === '') {
    const { consoleReporter } = await import('./console-reporter.js');
    return consoleReporter(options.verbose);
  }
  const { connectLvsdReporter } = await import('./lvsd-reporter.js');
  const id = process.env[NANNY_ENVIRONMENT.id] ?? '';
  return connectLvsdReporter({ path, id, verbose: options.verbose, onLost: () => lvsdLost.abort() });
}

function listenForSignals(runner: NannyRunner, reporter: Reporter, end: () => void): void {
  for (const [name, signal] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(name, () => {
      reporter.log({ event: 'NANNY_STOPPING', fields: { signal } });
      end();
    });
  }
  process.on('SIGUSR1', () => runner.handle({ type: 'glasses', glasses: 'opaque' }));
  process.on('SIGUSR2', () => runner.handle({ type: 'glasses', glasses: 'rose-colored' }));
  process.on('SIGHUP', () => runner.handle({ type: 'glasses', glasses: 'none' }));
}
