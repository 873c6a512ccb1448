import { planCheck } from '../../../src/core/check-plan.js';
import { UDP_ZOO } from '../../support/bad-servers.js';
import { type ComplianceCase, describeCheckCompliance } from '../../support/check-compliance.js';

type Animal = keyof typeof UDP_ZOO;
type Expected = Readonly<Record<Animal, string | undefined>>;

function casesFor(
  texts: { readonly send?: string; readonly expect?: string; readonly useRegex?: boolean },
  expected: Expected,
): ComplianceCase[] {
  return (Object.keys(UDP_ZOO) as Animal[]).map((name) => ({
    name,
    ok: expected[name] === undefined,
    event: expected[name],
    hangs: name === 'silent' && expected[name] !== undefined,
    waits: name === 'silent',
    prepare: async (limitMs) => {
      const server = await UDP_ZOO[name]();
      const { plan } = planCheck({
        target: server.target,
        virtualPort: 80,
        udp: true,
        send: texts.send,
        expect: texts.expect,
        useRegex: texts.useRegex ?? false,
        sendProgram: undefined,
        literalBackslashes: false,
        intervalMs: limitMs,
      });
      return { plan, close: server.close };
    },
  }));
}

const NOT_REFUSED: Expected = {
  good: undefined,
  silent: undefined,
  refuses: 'NANNY_CONNECT_FAILED',
  'answers wrong': undefined,
  'answers short': undefined,
};
const ANY_ANSWER: Expected = { ...NOT_REFUSED, silent: 'NANNY_READ_TIMED_OUT' };
const RIGHT_ANSWER: Expected = {
  ...ANY_ANSWER,
  'answers wrong': 'NANNY_ANSWER_UNEXPECTED',
  'answers short': 'NANNY_READ_TOO_SHORT',
};

describeCheckCompliance('udp without send and expect', casesFor({}, NOT_REFUSED));
describeCheckCompliance('udp with send', casesFor({ send: 'ping' }, ANY_ANSWER));
describeCheckCompliance('udp with expect', casesFor({ expect: 'HTTP' }, RIGHT_ANSWER));
describeCheckCompliance(
  'udp with a regular expression',
  casesFor(
    { send: 'ping', expect: '200 OK', useRegex: true },
    { ...RIGHT_ANSWER, 'answers short': 'NANNY_ANSWER_UNEXPECTED' },
  ),
);
