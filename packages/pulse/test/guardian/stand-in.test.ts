import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { encodeHeartbeat, type HeartbeatWord, type PulseAlive, runDirectory } from '@piranha/protocol';
import { afterEach, expect, it, vi } from 'vitest';
import { StandIn } from '../../src/guardian/stand-in.js';

const LOCAL = '127.0.0.1';
const PARTNER = '127.0.0.2';
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function bound(address: string, port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

function planAt(port: number): PulseAlive {
  const paths = [{ local: LOCAL, partner: PARTNER }];
  return { pid: 1, active: true, word: 'lvs running', keepaliveMs: 100, deadtimeMs: 300, port, paths };
}

it('hears the partner although the port was still taken at first, and leaves it to pulse again', async () => {
  const pulse = await bound(LOCAL);
  const { port } = pulse.address();
  const partner = await bound(PARTNER);
  const heard: HeartbeatWord[] = [];
  const standIn = new StandIn(runDirectory('/nonexistent'), 'userspace', (word) => heard.push(word));
  cleanups.push(
    () => standIn.close(),
    () => partner.close(),
  );

  const listening = standIn.listen(planAt(port), true);
  // Bound after the stand-in's first attempt, so that one has failed too.
  await expect(bound(LOCAL, port)).rejects.toThrow('EADDRINUSE');
  pulse.close();
  await listening;
  await vi.waitFor(
    () => {
      partner.send(encodeHeartbeat('lvs running'), port, LOCAL);
      expect(heard[0]).toBe('lvs running');
    },
    { timeout: 10_000 },
  );

  await standIn.listen(planAt(port), false);
  (await bound(LOCAL, port)).close();
});

it('gives up waiting for a port when pulse is back', async () => {
  const pulse = await bound(LOCAL);
  cleanups.push(() => pulse.close());
  const plan = planAt(pulse.address().port);
  const standIn = new StandIn(runDirectory('/nonexistent'), 'userspace', () => undefined);
  const listening = standIn.listen(plan, true);
  await standIn.listen(plan, false);
  await listening;
});
