import { type Check, passed } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { type DatagramExpectation, datagramProblem } from '../../core/kinds/datagram-reply.js';
import { exchangeOf } from '../../core/kinds/exchange.js';
import { failedSpec, judged } from './connection.js';
import { exchangeDatagram } from './datagram.js';

/** Where silence passes, a refusal is waited for this long, ms; on a working network it comes within a round trip. */
const REFUSAL_WAIT_MS = 1_000;

/** Sends a payload; the reply, or the silence, decides. A refusal by ICMP always fails. */
export function udpExchangeCheck(plan: SpecPlan<'udp'>): Check {
  const { spec, stepLimitMs } = plan;
  const { payload, halves } = exchangeOf(spec);
  const expected: DatagramExpectation = {
    halves,
    minimumBytes: spec.minimumReplyBytes,
    maximumBytes: spec.maximumReplyBytes,
  };
  const mayBeSilent = spec.silence === 'up';
  const limitMs = mayBeSilent ? Math.min(stepLimitMs, REFUSAL_WAIT_MS) : stepLimitMs;
  return {
    run: (context) =>
      judged(plan, async () => {
        const reply = await exchangeDatagram(plan, payload, limitMs, context);
        if (reply === undefined)
          return mayBeSilent ? passed('not refused') : failedSpec(plan, 'no reply in time');
        const problem = datagramProblem(expected, reply);
        return problem === undefined ? passed('reply as expected') : failedSpec(plan, problem);
      }),
  };
}
