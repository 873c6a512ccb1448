import type { Dialogue } from './dialogue.js';
import { LineDialogue, type LineExchange } from './line-dialogue.js';

/** What a Redis check logs in with. */
export interface RedisLogin {
  /** Undefined for servers with one password for everybody. */
  readonly user: string | undefined;
  readonly password: string;
}

function command(...words: readonly string[]): Uint8Array {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`, 'utf8');
}

function exactly(text: string): LineExchange['judge'] {
  return () => (line) => (line === text ? 'accepted' : 'refused');
}

/** Redis: AUTH if there is a password, then PING must be answered by PONG. One that is still loading its data fails. */
export function redisDialogue(login: RedisLogin | undefined): Dialogue {
  const exchanges: LineExchange[] = [
    { stage: 'the answer to PING', send: command('PING'), judge: exactly('+PONG') },
  ];
  if (login) {
    const words = login.user === undefined ? [login.password] : [login.user, login.password];
    exchanges.unshift({
      stage: 'the answer to AUTH',
      send: command('AUTH', ...words),
      shown: 'AUTH (password)',
      judge: exactly('+OK'),
    });
  }
  return new LineDialogue(exchanges, 'PING answered by PONG');
}
