import type { CheckOptions } from '../../../src/core/check-plan.js';
import { planCheck } from '../../../src/core/check-plan.js';
import { TCP_ZOO } from '../../support/bad-servers.js';
import { type ComplianceCase, describeCheckCompliance } from '../../support/check-compliance.js';

type Animal = keyof typeof TCP_ZOO;
type Expected = Readonly<Record<Animal, string | undefined>>;

const HANGING: readonly string[] = ['does not answer the connect', 'accepts and hangs', 'trickles'];

/** One case for each server of the zoo; `expected` names the event of the failure, undefined where the check passes. */
function casesFor(options: Partial<CheckOptions>, expected: Expected): ComplianceCase[] {
  return (Object.keys(TCP_ZOO) as Animal[]).map((name) => ({
    name,
    ok: expected[name] === undefined,
    event: expected[name],
    hangs: expected[name] !== undefined && HANGING.includes(name),
    prepare: async (limitMs) => {
      const server = await TCP_ZOO[name]();
      const { plan } = planCheck({
        target: server.target,
        virtualPort: 8080,
        udp: false,
        send: undefined,
        expect: undefined,
        useRegex: false,
        sendProgram: undefined,
        literalBackslashes: false,
        intervalMs: limitMs,
        ...options,
      });
      return { plan, close: server.close };
    },
  }));
}

const CONNECT_ONLY: Expected = {
  good: undefined,
  'splits the answer': undefined,
  refuses: 'NANNY_CONNECT_FAILED',
  'does not answer the connect': 'NANNY_CONNECT_TIMED_OUT',
  'accepts and hangs': undefined,
  'half-closes': undefined,
  trickles: undefined,
  'resets mid-answer': undefined,
  'answers wrong': undefined,
  'sends without end': undefined,
};

const PLAIN: Expected = {
  ...CONNECT_ONLY,
  'accepts and hangs': 'NANNY_READ_TIMED_OUT',
  'half-closes': 'NANNY_READ_TOO_SHORT',
  trickles: 'NANNY_READ_TOO_SHORT',
  'resets mid-answer': 'NANNY_READ_FAILED',
  'answers wrong': 'NANNY_ANSWER_UNEXPECTED',
  'sends without end': 'NANNY_ANSWER_UNEXPECTED',
};

describeCheckCompliance('tcp-connect', casesFor({}, CONNECT_ONLY));
describeCheckCompliance(
  'tcp in a check block',
  casesFor(
    { checks: { require: 'all', specs: [{ kind: 'tcp', name: 'alive' }] } },
    {
      ...CONNECT_ONLY,
      refuses: 'NANNY_CHECK_FAILED',
      'does not answer the connect': 'NANNY_CHECK_FAILED',
    },
  ),
);
describeCheckCompliance(
  'send only',
  casesFor({ send: 'GET / HTTP/1.0\\r\\n\\r\\n' }, CONNECT_ONLY).filter(
    // Whether the write still succeeds on a connection that is being reset is a matter of luck.
    ({ name }) => name !== 'resets mid-answer',
  ),
);
describeCheckCompliance('plain expect without send', casesFor({ expect: 'HTTP/1.0 200' }, PLAIN));
describeCheckCompliance(
  'the web check of port 80',
  casesFor({ virtualPort: 80 }, PLAIN).filter(
    // A server that closes with our request unread resets the connection: also down, by another line.
    ({ name }) => name !== 'half-closes' && name !== 'answers wrong' && name !== 'good',
  ),
);
describeCheckCompliance(
  'regular expression',
  casesFor(
    { expect: '^HTTP/1\\.[01] 200 [[:alpha:]]+', useRegex: true },
    { ...PLAIN, trickles: 'NANNY_ANSWER_UNEXPECTED' },
  ),
);
describeCheckCompliance(
  'any byte',
  casesFor(
    { expect: '*' },
    {
      ...PLAIN,
      trickles: undefined,
      'resets mid-answer': undefined,
      'answers wrong': undefined,
      'sends without end': undefined,
    },
  ).filter(({ name }) => name !== 'resets mid-answer'),
);
