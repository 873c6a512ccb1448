import type { CheckSpec } from '@piranha/config';
import { translateEscapes } from '@piranha/config/pattern';
import { readHex, readHexPattern } from './datagram-reply.js';
import { type Dialogue, type DialogueStep, excerpt, failedStep, MORE } from './dialogue.js';

/** As much of a reply is told. */
const HEAD_BYTES = 80;

type PayloadSpec = Extract<CheckSpec, { readonly kind: 'tcp' | 'udp' }>;

/** What is sent, and the halves of bytes that a reply must begin with; -1 may be anything. */
export interface Exchange {
  readonly payload: Buffer;
  readonly halves: readonly number[];
}

function bytesOf(text: string | undefined): Buffer {
  return Buffer.from(translateEscapes(text ?? ''), 'utf8');
}

/** The bytes that the words of lvs.cf mean. */
export function exchangeOf({ payload, payloadHex, reply, replyHex }: PayloadSpec): Exchange {
  return {
    payload: (payloadHex === undefined ? undefined : readHex(payloadHex)) ?? bytesOf(payload),
    halves: readHexPattern(replyHex ?? bytesOf(reply).toString('hex')) ?? [],
  };
}

/** Sends bytes and compares the beginning of what comes. */
export class ExchangeDialogue implements Dialogue {
  readonly stage = 'the reply';
  private seen = 0;
  private head: Buffer = Buffer.alloc(0);

  constructor(private readonly exchange: Exchange) {}

  start(): DialogueStep {
    const { payload } = this.exchange;
    return payload.length === 0 ? MORE : { type: 'send', bytes: payload };
  }

  receive(bytes: Uint8Array): DialogueStep {
    const { halves } = this.exchange;
    this.head = Buffer.concat([this.head, bytes.subarray(0, HEAD_BYTES - this.head.length)]);
    for (const byte of bytes) {
      const [high = -1, low = -1] = halves.slice(2 * this.seen, 2 * this.seen + 2);
      const fits = (high < 0 || high === byte >> 4) && (low < 0 || low === (byte & 15));
      if (!fits) return failedStep(`the reply begins with ${excerpt(this.head)}`);
      this.seen += 1;
      if (2 * this.seen >= halves.length) return { type: 'passed', reason: 'reply as expected' };
    }
    return MORE;
  }
}
