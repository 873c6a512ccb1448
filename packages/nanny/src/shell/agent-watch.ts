import { connect } from 'node:net';
import { errorText, monotonicNowMs } from '@piranha/common';
import type { CheckTarget } from '../check.js';
import { type AgentEvent, type AgentPolicy, NEW_AGENT, stepAgent } from '../core/agent-loop.js';
import { type Pace, Repeating } from './repeating.js';
import type { Reporter } from './reporter.js';
import { limitStep } from './step-limit.js';

/** An answer is one short line. */
const ANSWER_LIMIT_BYTES = 1_024;
const ANSWER_LIMIT_MS = 5_000;

interface AgentWatchOptions extends AgentPolicy {
  readonly target: CheckTarget;
  /** Its page, where it is asked by HTTP; else it writes a line to whoever connects. */
  readonly path?: string | undefined;
  readonly intervalMs: number;
  readonly reporter: Reporter;
  readonly onDown: (reason: string | undefined) => void;
  readonly pace?: Pace;
}

/** Asks a feedback agent again and again. */
export function watchAgent(options: AgentWatchOptions): Repeating {
  let state = NEW_AGENT;
  return new Repeating(
    options.intervalMs,
    async (signal) => {
      // Whatever goes wrong here must not end the process, which may watch thousands.
      const event = await ask(options, signal).catch(
        (error: unknown): AgentEvent => ({ type: 'silent', problem: errorText(error) }),
      );
      if (event === undefined) return;
      const step = stepAgent(options, state, event, monotonicNowMs());
      state = step.state;
      for (const effect of step.effects) {
        if (effect.type === 'log') options.reporter.log(effect.complaint);
        else if (effect.type === 'reading') options.reporter.reading(effect.reading);
        else options.onDown(effect.reason);
      }
    },
    options.pace,
  );
}

async function ask(
  { target, path }: AgentWatchOptions,
  signal: AbortSignal,
): Promise<AgentEvent | undefined> {
  if (path === undefined) return askAgent(target, signal);
  const { askAgentPage } = await import('./agent-page.js');
  return askAgentPage(target, path, signal, { bytes: ANSWER_LIMIT_BYTES, ms: ANSWER_LIMIT_MS });
}

/** Connects and reads one line, or to the end. Undefined when nobody wants to know any more. */
async function askAgent(
  { address, port }: CheckTarget,
  signal: AbortSignal,
): Promise<AgentEvent | undefined> {
  const socket = connect({ host: address, port, autoSelectFamily: false });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const outcome = await limitStep<Error | 'read'>(ANSWER_LIMIT_MS, signal, (settle) => {
      socket.on('error', settle);
      socket.on('end', () => settle('read'));
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, ANSWER_LIMIT_BYTES - bytes));
        bytes += chunk.length;
        if (bytes >= ANSWER_LIMIT_BYTES || chunk.includes(10)) settle('read');
      });
    });
    if (outcome === 'cancelled') return undefined;
    if (outcome === 'timed out') return { type: 'silent', problem: 'no answer in time' };
    if (outcome !== 'read') return { type: 'silent', problem: errorText(outcome) };
    return { type: 'answered', text: Buffer.concat(chunks).toString('latin1') };
  } finally {
    socket.destroy();
  }
}
