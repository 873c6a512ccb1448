import type { LoopPolicy } from '../core/check-loop.js';
import { loadMonitorWords } from '../core/load-monitor.js';
import type { NannyOptions } from './options.js';
import type { Gate, Pace, Repeating } from './repeating.js';
import type { Reporter } from './reporter.js';
import type { NannyRunner } from './runner.js';

/** The original's rhythm, ms. */
const LOAD_INTERVAL_MS = 20_000;

/** Gates of a process that asks for the weights of many servers. */
export interface WeightGates {
  readonly agents: Gate;
  readonly monitors: Gate;
}

/** Starts what moves the server's weight; loaded only where it is asked for, for there are many nannies. */
export async function startWeightWatches(
  { agent, loadCommand, server: { address } }: NannyOptions,
  { server, intervalMs }: LoopPolicy,
  runner: NannyRunner,
  reporter: Reporter,
  gates?: WeightGates,
): Promise<Repeating[]> {
  if (agent !== undefined) {
    const { watchAgent } = await import('./agent-watch.js');
    const onDown = (down: string | undefined) => runner.handle({ type: 'agent', down });
    const pace: Pace = gates ? { gate: gates.agents } : {};
    return [watchAgent({ ...agent, server, target: { address, port: agent.port }, reporter, onDown, pace })];
  }
  if (loadCommand === undefined) return [];
  const { watchLoad } = await import('./load-watch.js');
  const words = loadMonitorWords(loadCommand, address);
  const everyMs = Math.max(LOAD_INTERVAL_MS, intervalMs);
  // A remote shell costs both machines a lot: those of all servers must not fall into one moment, for ever.
  const pace: Pace = { firstDelayMs: Math.random() * everyMs, ...(gates ? { gate: gates.monitors } : {}) };
  return [watchLoad({ words, intervalMs: everyMs, server, reporter, isUp: () => runner.isUp, pace })];
}
