import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { conversationCheck } from './connection.js';
import { askPage } from './http.js';
import { TlsLayer } from './tls-layer.js';

/** A page over TLS. */
export function httpsCheck(plan: SpecPlan<'ssl_get'>): Check {
  const layer = new TlsLayer(plan, plan.spec.tls);
  return conversationCheck(plan, async (connection) => {
    await layer.begin(connection);
    return askPage(plan, connection);
  });
}
