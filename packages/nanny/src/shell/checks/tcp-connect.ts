import { type Check, passed } from '../../check.js';
import type { PlanOf } from '../../core/check-plan.js';
import { TcpSession } from './tcp-session.js';

const CONNECTED = passed('connected');

/** The server is up when it takes a TCP connection, which is then reset. */
export function tcpConnectCheck(plan: PlanOf<'tcp-connect'>): Check {
  return {
    run: ({ signal }) =>
      new Promise((resolve) => {
        const session = new TcpSession(plan.target, plan.stepLimitMs, signal);
        session.whenConnected((failure) => {
          session.reset();
          resolve(failure ?? CONNECTED);
        }, plan.connectLimitMs);
      }),
  };
}
