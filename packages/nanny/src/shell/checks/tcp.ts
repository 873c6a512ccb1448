import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { ExchangeDialogue, exchangeOf } from '../../core/kinds/exchange.js';
import { conversationCheck } from './connection.js';
import { dialogueCheck } from './dialogue-check.js';

/** The server is up when it takes a TCP connection, and replies as it should where lvs.cf says how. */
export function tcpCheck(plan: SpecPlan<'tcp'>): Check {
  const exchange = exchangeOf(plan.spec);
  if (exchange.halves.length > 0) return dialogueCheck(plan, async () => new ExchangeDialogue(exchange));
  return conversationCheck(plan, async (connection) => {
    if (exchange.payload.length === 0) return 'connected';
    await connection.write(exchange.payload);
    return 'connected and sent';
  });
}
