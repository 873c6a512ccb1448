import type { UdpCheckSpec } from '../../check-model-protocols.js';
import { type CheckKind, checkWord, type TellProblem } from './kind.js';
import { buildPayload, PAYLOAD_WORDS, payloadProblems } from './payload-words.js';

const LARGEST_DATAGRAM_BYTES = 65_507;
const SILENCES: readonly UdpCheckSpec['silence'][] = ['up', 'down'];

/** Rules between the words of a datagram. */
function problems(spec: UdpCheckSpec, tell: TellProblem): void {
  payloadProblems(spec, tell);
  const { reply, replyHex, minimumReplyBytes, maximumReplyBytes } = spec;
  if (minimumReplyBytes > maximumReplyBytes) {
    const text = 'min_reply_length is more than max_reply_length';
    tell('error', 'min_reply_length', 'CF_RANGE', text, 'no reply could pass');
  }
  if (spec.silence === 'up' && (reply ?? replyHex) !== undefined) {
    const text = 'silence = up: a server that does not answer passes, whatever the reply should be';
    tell('warning', 'silence', 'CF_CHECK_SILENCE', text, 'delete silence, or what the reply should be');
  }
}

/** One datagram. */
export const udpKind: CheckKind<UdpCheckSpec> = {
  kind: 'udp',
  help: 'Sends one datagram. Passes when the reply is as expected, or with `silence = up` when nobody refuses it: neither the host, nor a router that cannot reach it.',
  words: [
    ...PAYLOAD_WORDS,
    checkWord({
      name: 'min_reply_length',
      type: 'integer',
      range: [0, LARGEST_DATAGRAM_BYTES],
      default: 0,
      help: 'Bytes that a reply must have.',
    }),
    checkWord({
      name: 'max_reply_length',
      type: 'integer',
      range: [0, LARGEST_DATAGRAM_BYTES],
      default: LARGEST_DATAGRAM_BYTES,
      help: 'Bytes that a reply may have.',
    }),
    checkWord({
      name: 'silence',
      type: 'keyword',
      choices: SILENCES,
      default: 'down',
      help: 'What no reply means. up: the server passes unless its host refuses the port or a router cannot reach the host. One that is off is silent too: then the check needs another one beside it.',
    }),
  ],
  usesPort: true,
  build: (values, base) => ({
    kind: 'udp',
    ...base,
    ...buildPayload(values),
    minimumReplyBytes: values.number('min_reply_length'),
    maximumReplyBytes: values.number('max_reply_length'),
    silence: values.choice('silence', SILENCES, 'down'),
  }),
  problems,
};
