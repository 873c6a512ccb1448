import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';

const LIMIT_MS = 10_000;
const POLL_MS = 50;

/** Waits until `attempt` succeeds. @throws the last failure after 10 s */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const endMs = monotonicNowMs() + LIMIT_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (monotonicNowMs() > endMs) throw error;
      await pause(POLL_MS);
    }
  }
}

/** A TCP port of an address that nobody listens on now. */
export async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
