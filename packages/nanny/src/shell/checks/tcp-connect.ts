import { type Check, passed } from '../../check.js';
import type { PlanOf } from '../../core/check-plan.js';
import { TcpSession } from './tcp-session.js';

/** The server is up when it takes a TCP connection, which is then reset. */
export function tcpConnectCheck(plan: PlanOf<'tcp-connect'>): Check {
  return {
    run: async ({ signal }) => {
      const session = new TcpSession(plan.target, plan.stepLimitMs, signal);
      try {
        return (await session.connected(plan.connectLimitMs)) ?? passed('connected');
      } finally {
        session.reset();
      }
    },
  };
}
