import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeHeartbeat,
  encodeHeartbeat,
  type HeartbeatWord,
  type PulseAlive,
  runDirectory,
} from '@piranha/protocol';
import { isEnvelope, newBeatKeyLine } from '@piranha/protocol/beat';
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

it('speaks words beside beats by a key that was agreed on, and hears words while no beat comes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-stand-in-'));
  const keyFile = join(directory, 'agreed.keys');
  writeFileSync(keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
  const partner = await bound(PARTNER);
  const { port } = partner.address();
  const said: string[] = [];
  partner.on('message', (datagram) =>
    said.push(isEnvelope(datagram) ? 'beat' : decodeHeartbeat(datagram).type),
  );
  const heard: HeartbeatWord[] = [];
  const standIn = new StandIn(runDirectory('/nonexistent'), 'userspace', (word) => heard.push(word));
  cleanups.push(
    () => standIn.close(),
    () => partner.close(),
    () => rmSync(directory, { recursive: true }),
  );
  const readiness = { tableLoaded: true, firstVerdicts: true, serversUp: 1, serversTotal: 1 };
  const beat = {
    ...{ node: 'primary', partner: 'backup', keyFile, keysTaken: 1, encrypt: false, announced: true },
    ...{ boot: 'a'.repeat(16), sequence: 1, priority: 200, readiness },
    configuration: { hash: '0'.repeat(16), serial: 0 },
  };
  const paths = [{ local: LOCAL, partner: PARTNER, name: 'public' }];
  const plan = { ...planAt(port), paths, beat };
  standIn.reported(plan);
  await vi.waitFor(() => {
    standIn.beat(plan, { word: 'lvs running' });
    expect(said).toContain('beat');
    expect(said).toContain('word');
  });
  await standIn.listen(plan, true);
  await vi.waitFor(() => {
    partner.send(encodeHeartbeat('lvs stopped'), port, LOCAL);
    expect(heard).toContain('lvs stopped');
  });
});
