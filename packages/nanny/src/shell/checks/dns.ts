import { randomInt } from 'node:crypto';
import type { Check, CheckContext } from '../../check.js';
import type { SpecPlan } from '../../core/check-plan.js';
import { DnsDialogue, type DnsQuestion, judgeDnsAnswer } from '../../core/kinds/dns.js';
import { dnsQuery, hasNumberOf, readDnsAnswer } from '../../core/kinds/dns-message.js';
import { CheckFailure, judged } from './connection.js';
import { exchangeDatagram } from './datagram.js';
import { dialogueCheck } from './dialogue-check.js';

const IDS = 65_536;

/** Asks a name server one question, over UDP (over TCP when the answer is cut short there) or over TCP. */
export function dnsCheck(plan: SpecPlan<'dns'>): Check {
  const { queryName: name, queryType: type, answer, transport } = plan.spec;
  const question: DnsQuestion = { name, type, answer };
  const overTcp = dialogueCheck(plan, async () => new DnsDialogue(question, queryFor(question)));
  if (transport === 'tcp') return overTcp;
  return {
    run: (context) =>
      judged(plan, async () => (await askByUdp(question, plan, context)) ?? overTcp.run(context)),
  };
}

/** A question under a number that nobody can guess. */
function queryFor({ name, type }: DnsQuestion): Buffer {
  const query = dnsQuery(randomInt(IDS), name, type);
  if (query === undefined) throw new CheckFailure('the name to ask for is none');
  return query;
}

/** Why the check passed; undefined when the answer was cut short. */
async function askByUdp(
  question: DnsQuestion,
  plan: SpecPlan<'dns'>,
  context: CheckContext,
): Promise<string | undefined> {
  const query = queryFor(question);
  const datagram = await exchangeDatagram(plan, query, plan.stepLimitMs, context, (message) =>
    hasNumberOf(message, query),
  );
  if (datagram === undefined) throw new CheckFailure('no answer in time');
  const answer = readDnsAnswer(datagram, query);
  if (answer === undefined) throw new CheckFailure('what came is no answer to the question');
  const verdict = judgeDnsAnswer(question, answer);
  if (verdict.type === 'failed') throw new CheckFailure(verdict.problem);
  return verdict.type === 'passed' ? verdict.reason : undefined;
}
