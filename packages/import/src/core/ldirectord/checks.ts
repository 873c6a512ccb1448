import type { ServiceProtocol } from '@piranha/config';
import { ALWAYS_UP, type DraftCheck } from '../draft.js';
import type { Ledger, Statement } from '../ledger.js';
import { PING_PROGRAM } from '../program.js';
import { canBeWritten } from '../writer.js';
import { type HttpQuestion, httpCheck, simpleCheck } from './questions.js';

/** How a service checks its servers, before their own requests are looked at. */
export interface CheckStyle {
  readonly type: 'negotiate' | 'connect' | 'ping' | 'external' | 'on' | 'off';
  readonly service: string;
  readonly protocol: ServiceProtocol;
  /** For the notes about the check as a whole. */
  readonly statement: Statement;
  readonly request: string;
  readonly receive: string;
  /** For the notes about what is waited for. */
  readonly answer: Statement;
  readonly http: HttpQuestion;
  /** Program of checktype external, with the words that ldirectord gives it. */
  readonly program: string | undefined;
}

const ONLY_CONNECT = 'a connection is tried in its place; send_program can run a program that does more';
/** What ldirectord asks by UDP, whatever the protocol of the service. */
const DATAGRAM_QUESTIONS = ['dns', 'radius'];
const TLS = ['https', 'imaps', 'ldaps', 'pops'];
/** How the greeting of a server begins that speaks first. */
const GREETINGS: Readonly<Record<string, DraftCheck>> = {
  ftp: { expect: '220' },
  smtp: { expect: '220' },
  submission: { expect: '220' },
  pop: { expect: '+OK' },
  imap: { expect: '* OK' },
  nntp: { expect: '^20[01]', useRegex: true },
};

function negotiate(ledger: Ledger, style: CheckStyle, request: string, receive: string): DraftCheck {
  const { service, protocol, statement } = style;
  if (service === 'none') return ALWAYS_UP;
  if (protocol === 'udp') {
    ledger.note(
      statement,
      `no ${service} question is asked: an empty datagram is sent, and only a refusal fails`,
    );
    return {};
  }
  if (DATAGRAM_QUESTIONS.includes(service)) {
    ledger.note(statement, `no ${service} question is asked: servers are pinged`);
    return { program: PING_PROGRAM };
  }
  if (service === 'http' || service === 'http_proxy') {
    return httpCheck(
      ledger,
      style.answer,
      { ...style.http, proxy: service === 'http_proxy' },
      request,
      receive,
    );
  }
  if (service === 'simpletcp') return simpleCheck(ledger, style.answer, request, receive);
  const greeting = Object.hasOwn(GREETINGS, service) ? GREETINGS[service] : undefined;
  if (greeting !== undefined) {
    ledger.note(statement, `the greeting of ${service} is looked at, and nothing is sent`);
    return greeting;
  }
  const what = TLS.includes(service) ? 'servers are not asked over TLS' : `no ${service} question is asked`;
  ledger.note(statement, `${what}: ${ONLY_CONNECT}`);
  return {};
}

/** The check of servers that have this request and want this answer. */
export function checkFor(ledger: Ledger, style: CheckStyle, request: string, receive: string): DraftCheck {
  switch (style.type) {
    case 'negotiate':
      return negotiate(ledger, style, request, receive);
    case 'connect':
      // ldirectord pings where there is nothing to connect to.
      return style.protocol === 'udp' ? { program: PING_PROGRAM } : {};
    case 'ping':
      return { program: PING_PROGRAM };
    case 'external':
      return style.program !== undefined && canBeWritten(style.program) ? { program: style.program } : {};
    default:
      return ALWAYS_UP;
  }
}
