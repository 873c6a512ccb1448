import { type Check, passed } from '../../check.js';
import type { PlanOf } from '../../core/check-plan.js';
import { AnswerJudge } from '../../core/expect.js';
import { TcpSession } from './tcp-session.js';

/** Connects, sends if there is something to send, and judges the answer if one is expected. */
export function tcpSendExpectCheck(plan: PlanOf<'tcp-send-expect'>): Check {
  return {
    run: async ({ signal }) => {
      const session = new TcpSession(plan.target, plan.stepLimitMs, signal);
      try {
        const unconnected = await session.connected(plan.connectLimitMs);
        if (unconnected) return unconnected;
        const unsent = plan.send && (await session.send(plan.send));
        if (unsent) return unsent;
        if (!plan.expectation) return passed('connected and sent');
        return (
          (await session.expect(new AnswerJudge(plan.expectation))) ?? passed('expected answer received')
        );
      } finally {
        session.close();
      }
    },
  };
}
