import type { PayloadSpec } from '../../check-model-protocols.js';
import type { DirectiveSpec } from '../schema-types.js';
import type { Values } from '../values.js';
import { checkWord, type TellProblem } from './kind.js';

/** Bytes that are sent and expected, as text or in hexadecimal. */
export const PAYLOAD_WORDS: readonly DirectiveSpec[] = [
  checkWord({
    name: 'payload',
    type: 'text',
    help: 'What is sent, as text; the backslashes of `send` work.',
  }),
  checkWord({ name: 'payload_hex', type: 'text', help: 'What is sent, in hexadecimal.' }),
  checkWord({ name: 'reply', type: 'text', help: 'What the reply must begin with, as text.' }),
  checkWord({
    name: 'reply_hex',
    type: 'text',
    help: 'What the reply must begin with, in hexadecimal; x stands for half a byte that may be anything.',
  }),
];

/** Their values. */
export function buildPayload(values: Values): PayloadSpec {
  return {
    payload: values.text('payload'),
    payloadHex: values.text('payload_hex'),
    reply: values.text('reply'),
    replyHex: values.text('reply_hex'),
  };
}

/** Rules between them. */
export function payloadProblems(spec: PayloadSpec, tell: TellProblem): void {
  const { payload, payloadHex, reply, replyHex } = spec;
  twice('payload_hex', payload, payloadHex, tell);
  twice('reply_hex', reply, replyHex, tell);
  hexProblem('payload_hex', payloadHex, /^([0-9a-f]{2})*$/i, tell);
  hexProblem('reply_hex', replyHex, /^([0-9a-fx]{2})*$/i, tell);
}

function twice(word: string, text: string | undefined, hex: string | undefined, tell: TellProblem): void {
  if (text === undefined || hex === undefined) return;
  tell('error', word, 'CF_CHECK_TWICE', `${word} beside ${word.replace('_hex', '')}`, 'delete one of them');
}

function hexProblem(word: string, text: string | undefined, pattern: RegExp, tell: TellProblem): void {
  if (text === undefined || pattern.test(text.replace(/\s+/g, ''))) return;
  const hint = 'write two digits for each byte, such as 00 ff 1a';
  tell('error', word, 'CF_CHECK_HEX', `${word} is no hexadecimal`, hint);
}
