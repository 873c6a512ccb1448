import type { CheckSpec } from '@piranha/config';
import { type Check, failed } from '../../check.js';
import type { CheckPlan, PlanOf, SpecPlan } from '../../core/check-plan.js';

type Maker<Plan> = () => Promise<(plan: Plan) => Check | Promise<Check>>;
type Makers = { readonly [Kind in CheckPlan['kind']]: Maker<PlanOf<Kind>> };
type SpecMakers = { readonly [Kind in CheckSpec['kind']]: Maker<SpecPlan<Kind>> };

/** One maker for each kind of check. Loaded on demand: a nanny runs one kind only and must stay small. */
const MAKERS: Makers = {
  'tcp-connect': async () => (await import('./tcp-connect.js')).tcpConnectCheck,
  'tcp-send-expect': async () => (await import('./tcp-send-expect.js')).tcpSendExpectCheck,
  udp: async () => (await import('./udp.js')).udpCheck,
  program: async () => (await import('./program.js')).programCheck,
  'all-of': severalMaker,
  'any-of': severalMaker,
  spec: async () => specCheck,
  broken: async () => (await import('./broken.js')).brokenCheck,
};

/** One maker for each kind of check block, loaded on demand too. */
const SPEC_MAKERS: SpecMakers = {
  tcp: async () => (await import('./tcp.js')).tcpCheck,
  tls: async () => (await import('./tls.js')).tlsCheck,
  http_get: async () => (await import('./http.js')).httpCheck,
  ssl_get: async () => (await import('./https.js')).httpsCheck,
  dns: async () => (await import('./dns.js')).dnsCheck,
  smtp: async () => (await import('./smtp.js')).smtpCheck,
  imap: async () => (await import('./imap.js')).imapCheck,
  pop: async () => (await import('./pop.js')).popCheck,
  ftp: async () => (await import('./ftp.js')).ftpCheck,
  ldap: async () => (await import('./ldap.js')).ldapCheck,
  mysql: async () => (await import('./mysql.js')).mysqlCheck,
  postgresql: async () => (await import('./postgresql.js')).postgresqlCheck,
  redis: async () => (await import('./redis.js')).redisCheck,
  udp: async () => (await import('./udp-exchange.js')).udpExchangeCheck,
  ping: async () => (await import('./ping.js')).pingCheck,
  program: async () => (await import('./exit-status.js')).exitStatusCheck,
  file: async () => (await import('./file.js')).fileCheck,
  fixed: async () => (await import('./fixed.js')).fixedCheck,
};

async function severalMaker(): Promise<(plan: PlanOf<'all-of' | 'any-of'>) => Promise<Check>> {
  const { severalChecks } = await import('./several.js');
  return async (plan) => severalChecks(plan, await Promise.all(plan.parts.map(specCheck)));
}

async function makeSpec<Kind extends CheckSpec['kind']>(kind: Kind, plan: SpecPlan<Kind>): Promise<Check> {
  const maker = await SPEC_MAKERS[kind]();
  return maker(plan);
}

/** The check of one block. A kind that is not known keeps the server down and says so. */
async function specCheck(plan: SpecPlan): Promise<Check> {
  const { kind, name: check } = plan.spec;
  if (Object.hasOwn(SPEC_MAKERS, kind)) return makeSpec(kind, plan);
  return { run: async () => failed('NANNY_CHECK_UNKNOWN', { check, kind }) };
}

async function make<Kind extends CheckPlan['kind']>(kind: Kind, plan: PlanOf<Kind>): Promise<Check> {
  const maker = await MAKERS[kind]();
  return maker(plan);
}

/** The check that a plan describes. */
export function createCheck(plan: CheckPlan): Promise<Check> {
  return make(plan.kind, plan);
}
