import type { Check } from '../../check.js';
import type { CheckPlan, PlanOf } from '../../core/check-plan.js';

type Makers = { readonly [Kind in CheckPlan['kind']]: () => Promise<(plan: PlanOf<Kind>) => Check> };

/** One maker for each kind of check. Loaded on demand: a nanny runs one kind only and must stay small. */
const MAKERS: Makers = {
  'tcp-connect': async () => (await import('./tcp-connect.js')).tcpConnectCheck,
  'tcp-send-expect': async () => (await import('./tcp-send-expect.js')).tcpSendExpectCheck,
  udp: async () => (await import('./udp.js')).udpCheck,
  program: async () => (await import('./program.js')).programCheck,
  broken: async () => (await import('./broken.js')).brokenCheck,
};

async function make<Kind extends CheckPlan['kind']>(kind: Kind, plan: PlanOf<Kind>): Promise<Check> {
  const maker = await MAKERS[kind]();
  return maker(plan);
}

/** The check that a plan describes. */
export function createCheck(plan: CheckPlan): Promise<Check> {
  return make(plan.kind, plan);
}
