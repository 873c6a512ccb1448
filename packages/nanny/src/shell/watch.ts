import { type Check, type CheckComplaint, serverName } from '../check.js';
import type { LoopPolicy } from '../core/check-loop.js';
import { type PlanParts, planCheck, planParts } from '../core/check-plan.js';
import { createCheck } from './checks/registry.js';
import type { NannyOptions } from './options.js';

/** Everything that it takes to watch one real service. */
export interface Watch {
  readonly policy: LoopPolicy;
  readonly check: Check;
  readonly parts: PlanParts;
  /** Lines to log once, at the start. */
  readonly lines: readonly CheckComplaint[];
}

/** Works a command line out: the same for a nanny of its own and for a shared one. */
export async function prepareWatch(options: NannyOptions): Promise<Watch> {
  const { plan, notices } = planCheck(options.check);
  const policy: LoopPolicy = {
    ...options.watch,
    intervalMs: options.watch.intervalMs ?? options.check.intervalMs,
    reentryMs: options.reentryMs,
    server: serverName(options.server),
  };
  const check = await createCheck(plan);
  const lines = [...openingLines(options, policy), ...notices];
  return { policy, check, parts: planParts(plan), lines };
}

/** Says for what the check is good, not for whom: services whose texts are equal may share one probe. */
export function probeKey(options: NannyOptions): string {
  const { virtualAddress, firewallMark, verbose, probe, check, ...rest } = options;
  const { virtualPort, virtualAddress: _address, ...probed } = check;
  // Of the virtual port only one thing counts: without words of its own, a service on port 80 is a web server.
  return JSON.stringify([
    rest,
    probed,
    virtualPort === 80,
    namesService(check) ? [virtualAddress, virtualPort] : [],
  ]);
}

/** True where a check program is told of the virtual server: then it is another check for each. */
function namesService({ checks }: NannyOptions['check']): boolean {
  return (checks?.specs ?? []).some((spec) => spec.kind === 'program' && spec.arguments === 'ldirectord');
}

function openingLines(options: NannyOptions, policy: LoopPolicy): CheckComplaint[] {
  const service = serverName({ address: options.virtualAddress, port: options.check.virtualPort });
  const fields: Record<string, string | number> = { service, server: policy.server };
  if (options.firewallMark !== 0) fields.firewallMark = options.firewallMark;
  return [{ event: 'NANNY_STARTED', fields }];
}
