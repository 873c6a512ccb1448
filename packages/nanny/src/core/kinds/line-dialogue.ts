import { type Dialogue, type DialogueStep, excerpt, failedStep, MORE } from './dialogue.js';
import { Inbox } from './inbox.js';

/** What one line of an answer means; `all done` skips the exchanges that are left. */
export type LineVerdict = 'more' | 'accepted' | 'all done' | 'refused';

/** One thing that is said and its answer. */
export interface LineExchange {
  /** What is waited for: `the greeting`. */
  readonly stage: string;
  /** Nothing is sent before a greeting. */
  readonly send?: Uint8Array;
  /** What a person is shown in its place, where it holds a password. */
  readonly shown?: string;
  /** Judges one line; a new judge for each connection. */
  readonly judge: () => (line: string) => LineVerdict;
}

const LINE_LIMIT_BYTES = 8 * 1024;

/** A dialogue in lines, as those of SMTP, FTP, POP, IMAP and Redis are. */
export class LineDialogue implements Dialogue {
  private readonly inbox = new Inbox();
  private readonly left: LineExchange[];
  private judge: (line: string) => LineVerdict = () => 'refused';
  stage = '';

  constructor(
    exchanges: readonly LineExchange[],
    private readonly reason: string,
    private readonly farewell?: Uint8Array,
  ) {
    this.left = [...exchanges];
  }

  start(): DialogueStep {
    return this.next();
  }

  receive(bytes: Uint8Array): DialogueStep {
    this.inbox.push(bytes);
    for (let line = this.inbox.takeLine(); line !== undefined; line = this.inbox.takeLine()) {
      const verdict = this.judge(line);
      if (verdict === 'refused') return failedStep(`${this.stage} was ${excerpt(line)}`);
      if (verdict === 'all done') this.left.length = 0;
      if (verdict === 'more') continue;
      return this.next();
    }
    return this.inbox.length > LINE_LIMIT_BYTES ? failedStep(`${this.stage} has no end of line`) : MORE;
  }

  private next(): DialogueStep {
    const exchange = this.left.shift();
    if (exchange === undefined) {
      const { reason, farewell } = this;
      return farewell === undefined ? { type: 'passed', reason } : { type: 'passed', reason, farewell };
    }
    this.stage = exchange.stage;
    this.judge = exchange.judge();
    const { send, shown } = exchange;
    if (send === undefined) return MORE;
    return shown === undefined ? { type: 'send', bytes: send } : { type: 'send', bytes: send, shown };
  }
}

/** A line to be sent, in UTF-8. */
export function commandLine(text: string): Uint8Array {
  return Buffer.from(`${text}\r\n`, 'utf8');
}

/**
 * Judges answers of three digits, as of SMTP and FTP: `220-` opens an answer of several lines, which ends at `220 `.
 * `done` are the codes after which nothing more need be said.
 */
export function numericAnswer(
  accepted: readonly string[],
  done: readonly string[] = [],
): LineExchange['judge'] {
  return () => {
    let open: string | undefined;
    return (line) => {
      const [, code, mark] = /^(\d{3})([ -]|$)/.exec(line) ?? [];
      if (open !== undefined && (code !== open || mark === '-')) return 'more';
      if (code === undefined) return 'refused';
      if (!accepted.includes(code) && !done.includes(code)) return 'refused';
      if (mark === '-') {
        open = code;
        return 'more';
      }
      return done.includes(code) ? 'all done' : 'accepted';
    };
  };
}
