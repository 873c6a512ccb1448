import { randomInt } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HeartbeatSockets, type SocketPath } from '../../src/shell/heartbeat-sockets.js';

const NETWORK = `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;
const GROUP = `239.${randomInt(1, 250)}.${randomInt(1, 250)}.39`;
const PORT = randomInt(20_000, 30_000);

const open: HeartbeatSockets<SocketPath>[] = [];
afterEach(() => {
  for (const sockets of open.splice(0)) sockets.close();
});

/** A host's sockets, and the lines of what they hear. */
async function host(...paths: readonly SocketPath[]) {
  const heard: string[] = [];
  const sockets = await HeartbeatSockets.open(paths, PORT, {
    onDatagram: ({ name }, datagram, address) => heard.push(`${name}: ${datagram} from ${address}`),
    onSendChange: (_, problem) => heard.push(problem ?? 'works'),
  });
  open.push(sockets);
  const say = (text: string) => sockets.sendEach((path, sent) => Buffer.from(`${text} ${path.name} ${sent}`));
  return { heard, say, counters: () => sockets.counters() };
}

function path(name: string, from: number, to: number, multicast?: string): SocketPath {
  return { name, local: `${NETWORK}.${from}`, partner: `${NETWORK}.${to}`, multicast };
}

describe('the sockets of heartbeat paths', () => {
  it('send to an address or to a group, hear both, and nothing of their own', async () => {
    const alpha = await host(path('public', 1, 2), path('group', 11, 12, GROUP));
    const beta = await host(path('public', 2, 1), path('group', 12, 11, GROUP));
    alpha.say('alpha');
    beta.say('beta');
    await vi.waitFor(() => expect([...alpha.heard, ...beta.heard]).toHaveLength(4));
    expect(alpha.heard.sort()).toEqual([
      `group: beta group 1 from ${NETWORK}.12`,
      `public: beta public 1 from ${NETWORK}.2`,
    ]);
    expect(beta.heard.sort()).toEqual([
      `group: alpha group 1 from ${NETWORK}.11`,
      `public: alpha public 1 from ${NETWORK}.1`,
    ]);
    expect(alpha.counters()).toMatchObject([
      { sent: 1, received: 1 },
      { sent: 1, received: 1 },
    ]);
  });

  it('tell paths apart that share an own address', async () => {
    const alpha = await host(path('public', 1, 2), path('group', 1, 2, GROUP));
    const beta = await host(path('public', 2, 1), path('group', 2, 1, GROUP));
    alpha.say('alpha');
    await vi.waitFor(() => expect(beta.heard).toHaveLength(2));
    expect(beta.heard.sort()).toEqual([
      `group: alpha group 1 from ${NETWORK}.1`,
      `public: alpha public 1 from ${NETWORK}.1`,
    ]);
  });

  it('reach several directors by one datagram to their group', async () => {
    const to = (name: string, from: number, other: number) => ({
      ...path('group', from, other, GROUP),
      director: name,
    });
    const alpha = await host(to('beta', 1, 2), to('gamma', 1, 3));
    const beta = await host(to('alpha', 2, 1), to('gamma', 2, 3));
    const gamma = await host(to('alpha', 3, 1), to('beta', 3, 2));
    for (let turn = 0; turn < 3; turn += 1) alpha.say('alpha');
    await vi.waitFor(() => expect([...beta.heard, ...gamma.heard]).toHaveLength(6));
    for (const { heard } of [beta, gamma]) {
      expect(heard).toEqual([1, 2, 3].map((sent) => `group: alpha group ${sent} from ${NETWORK}.1`));
    }
    expect(alpha.counters()).toMatchObject([{ sent: 3 }, { sent: 3 }]);
    expect(alpha.heard).toEqual([]);
  });

  it('speak IPv6 too', async () => {
    // Loopback has one address of it: the path leads back.
    const alpha = await host({ name: 'six', local: '::1', partner: '::1' });
    alpha.say('alpha');
    await vi.waitFor(() => expect(alpha.heard).toEqual(['six: alpha six 1 from ::1']));
  });

  it('say which address cannot be bound, and leave none bound', async () => {
    const lost = { name: 'six', local: 'fd00:dead::1', partner: 'fd00:dead::2', multicast: 'ff02::4d05' };
    await expect(host(path('public', 1, 2), lost)).rejects.toMatchObject({
      code: 'PULSE_BIND_FAILED',
      message: expect.stringContaining('fd00:dead::1'),
    });
    await expect(host(path('public', 1, 2))).resolves.toBeDefined();
  });
});
