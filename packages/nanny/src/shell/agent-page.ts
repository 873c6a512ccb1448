import { type CheckTarget, serverName } from '../check.js';
import type { AgentEvent } from '../core/agent-loop.js';
import type { AnySpecPlan } from '../core/check-plan.js';
import { HttpAnswerError } from '../core/http-answer.js';
import { PageJudge, pageRequest } from '../core/http-judge.js';
import { CheckFailure, Connection } from './checks/connection.js';

/** Of one answer: its body, and each step on the way to it. */
interface AnswerLimits {
  readonly bytes: number;
  readonly ms: number;
}

/** Asks for the page of an agent, as Kemp's are asked. Undefined when nobody wants to know any more. */
export async function askAgentPage(
  target: CheckTarget,
  path: string,
  signal: AbortSignal,
  limits: AnswerLimits,
): Promise<AgentEvent | undefined> {
  const spec = {
    name: 'agent',
    method: 'GET',
    path,
    version: '1.1',
    headers: [],
    statuses: [[200, 299]],
    bodyLimitBytes: limits.bytes,
    readsBody: true,
  } as const;
  const plan: AnySpecPlan = { kind: 'spec', target, stepLimitMs: limits.ms, connectLimitMs: limits.ms, spec };
  const connection = new Connection(plan, { signal });
  try {
    await connection.connect();
    await connection.write(pageRequest(spec, serverName(target), []));
    const judge = new PageJudge(spec, () => '');
    await connection.feed((piece, ended) => {
      judge.push(piece, ended);
      return judge.verdict !== undefined;
    });
    return { type: 'answered', text: Buffer.from(judge.body).toString('latin1') };
  } catch (error) {
    if (!(error instanceof CheckFailure || error instanceof HttpAnswerError)) throw error;
    return signal.aborted ? undefined : { type: 'silent', problem: error.message };
  } finally {
    connection.reset();
  }
}
