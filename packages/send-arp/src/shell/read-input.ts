import { UserError } from '@piranha/common';
import { wordsOfLines } from '../core/targets.js';

const LIMIT_BYTES = 1024 * 1024;

/**
 * The words of an input, one a line.
 * @throws UserError `SEND_ARP_LIMIT` beyond 1 MiB
 */
export async function readWords(input: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of input) {
    length += chunk.length;
    if (length > LIMIT_BYTES) {
      throw new UserError('send_arp: standard input is larger than 1 MiB', {
        code: 'SEND_ARP_LIMIT',
        hint: 'it should have lines of the form DEV=ADDRESS',
      });
    }
    chunks.push(chunk);
  }
  return wordsOfLines(Buffer.concat(chunks).toString('utf8'));
}
