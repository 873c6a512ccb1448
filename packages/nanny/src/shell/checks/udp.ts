import {
  CANCELLED,
  type Check,
  type CheckOutcome,
  failed,
  lacksDescriptors,
  passed,
  serverName,
  unmade,
} from '../../check.js';
import type { PlanOf } from '../../core/check-plan.js';
import { AnswerJudge } from '../../core/expect.js';
import type { StepInterruption } from '../step-limit.js';
import { askByDatagram, type Heard } from './datagram.js';

/** Where silence passes, a refusal is waited for this long, ms; on a working network it comes within a round trip. */
const REFUSAL_WAIT_MS = 1_000;

/**
 * Sends one datagram and waits for one. A refusal (ICMP: port, host or network unreachable) is a failure. With neither send nor expect
 * an empty datagram goes out, and the server is up unless that is refused.
 */
export function udpCheck(plan: PlanOf<'udp'>): Check {
  return {
    run: async ({ signal }) => {
      const limitMs = plan.silencePasses ? Math.min(plan.stepLimitMs, REFUSAL_WAIT_MS) : plan.stepLimitMs;
      return judge(plan, await askByDatagram(plan.target, plan.send, { limitMs, signal }));
    },
  };
}

function judge(plan: PlanOf<'udp'>, heard: Heard | StepInterruption): CheckOutcome {
  const server = serverName(plan.target);
  if (heard === 'cancelled') return CANCELLED;
  if (heard === 'timed out') {
    return plan.silencePasses ? passed('not refused') : failed('NANNY_READ_TIMED_OUT', { server });
  }
  if ('error' in heard) {
    const error = heard.error.code ?? heard.error.message;
    return lacksDescriptors(error)
      ? unmade(plan.target, error)
      : failed('NANNY_CONNECT_FAILED', { server, error });
  }
  if (!plan.expectation) return passed('answered');
  const answer = new AnswerJudge(plan.expectation);
  const verdict = answer.push(heard.datagram);
  if (verdict === 'match') return passed('expected answer received');
  const short = verdict === 'more' && answer.shortfall() === 'too short';
  const event = short ? 'NANNY_READ_TOO_SHORT' : 'NANNY_ANSWER_UNEXPECTED';
  return failed(event, { server, receivedBytes: heard.datagram.length });
}
