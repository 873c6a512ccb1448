import { ALWAYS_UP, type ClassicCheck, CONNECT, type DraftCheck, PING } from '../draft.js';
import type { Ledger } from '../ledger.js';
import { ASKERS, DATAGRAM_SERVICES } from './other-questions.js';
import { pageCheck, proxyCheck, type Question, simpleCheck } from './questions.js';

/** How a service checks its servers, before their own requests are looked at. */
export interface CheckStyle {
  readonly type: 'negotiate' | 'connect' | 'ping' | 'external' | 'on' | 'off';
  readonly question: Question;
  /** Program of checktype external. */
  readonly program: string | undefined;
}

/** Check blocks, or a classic check. */
export interface FoundCheck {
  readonly checks: readonly DraftCheck[];
  readonly classic: ClassicCheck | undefined;
}

function blocks(...checks: readonly DraftCheck[]): FoundCheck {
  return { checks, classic: undefined };
}

function negotiate(ledger: Ledger, question: Question): FoundCheck {
  const { service, protocol, statement } = question;
  if (protocol === 'udp' && !DATAGRAM_SERVICES.includes(service)) {
    const reason = `no ${service} question is asked by UDP: an empty datagram is sent, and only a refusal fails`;
    ledger.note(statement, reason);
    return blocks({ kind: 'udp', words: { silence: 'up' } });
  }
  if (service === 'http' || service === 'https') return blocks(pageCheck(ledger, question));
  if (service === 'http_proxy') return { checks: [], classic: proxyCheck(ledger, question) };
  if (service === 'simpletcp') return { checks: [], classic: simpleCheck(ledger, question) };
  const asker = Object.hasOwn(ASKERS, service) ? ASKERS[service] : undefined;
  return blocks(asker === undefined ? ALWAYS_UP : asker(ledger, question));
}

/** The check of servers that have this request and want this answer. */
export function checkFor(ledger: Ledger, style: CheckStyle, question: Question): FoundCheck {
  switch (style.type) {
    case 'negotiate':
      return negotiate(ledger, question);
    case 'connect':
      // ldirectord pings where there is nothing to connect to.
      return blocks(question.protocol === 'udp' ? PING : CONNECT);
    case 'ping':
      return blocks(PING);
    case 'external':
      return blocks(
        style.program === undefined
          ? CONNECT
          : { kind: 'program', words: { program: style.program, arguments: 'ldirectord' } },
      );
    default:
      return blocks(ALWAYS_UP);
  }
}
