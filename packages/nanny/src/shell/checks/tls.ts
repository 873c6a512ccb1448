import type { Check } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { conversationCheck } from './connection.js';
import { TlsLayer } from './tls-layer.js';

/** The server is up when a TLS handshake comes about and its certificate is one that is believed. */
export function tlsCheck(plan: SpecPlan<'tls'>): Check {
  const layer = new TlsLayer(plan, plan.spec.tls);
  return conversationCheck(plan, async (connection) => {
    await layer.begin(connection);
    return 'TLS handshake done';
  });
}
