import { request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import type { Namespace } from './namespace.js';

const LIMIT_MS = 5_000;
const POLL_MS = 100;

/** The body of an HTTP answer from `host`, asked for by `client` on a connection of its own. @throws when there is none */
export function get(client: Namespace, host: string, port = 80, limitMs = LIMIT_MS): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host,
      port,
      timeout: limitMs,
      createConnection: () => client.connect(host, port),
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${limitMs} ms`)));
    request.once('error', reject);
    request.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.once('error', reject);
      response.once('end', () => resolve(body.trim()));
    });
    request.end();
  });
}

/** How many of `count` requests each real server answered, by its name. */
export async function tally(
  client: Namespace,
  host: string,
  count: number,
  port = 80,
): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  for (let number = 0; number < count; number += 1) {
    const name = await get(client, host, port);
    answers.set(name, (answers.get(name) ?? 0) + 1);
  }
  return answers;
}

/** Waits until a probe gives something other than undefined or false; a probe that throws has not succeeded yet. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 60_000,
  pollMs = POLL_MS,
): Promise<T> {
  const endMs = monotonicNowMs() + limitMs;
  let last = '';
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = String(value);
    } catch (error) {
      last = String(error);
    }
    if (monotonicNowMs() > endMs)
      throw new Error(`gave up waiting for ${what} after ${limitMs} ms (last: ${last})`);
    await pause(pollMs);
  }
}
