import { endpointText } from '@piranha/common';
import type { EventFields } from '@piranha/events/catalogue';
import type { CheckTarget } from './check-targets.js';

/** Fields of lines that lvsd writes as a nanny of each virtual service would: one process may watch for several. */

/** A real server as nannies' lines have it. */
export function serverText({ server }: CheckTarget): string {
  return endpointText(server);
}

/** Those of NANNY_STARTED, the one line that names the virtual service. */
export function startedFields(target: CheckTarget): EventFields {
  const { address, port, firewallMark } = target.service;
  const service = endpointText({ address: address?.address ?? '0.0.0.0', port });
  return { service, server: serverText(target), ...(firewallMark === 0 ? {} : { firewallMark }) };
}
