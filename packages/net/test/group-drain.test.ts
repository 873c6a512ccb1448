import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { drainGroupMember, LISTEN_BACKLOG, openReuseportSocket, unsteerGroup } from '../src/index.js';

interface Member {
  readonly server: Server;
  readonly fd: number;
  accepted: number;
}

const members: Member[] = [];

async function join(port: number): Promise<Member> {
  const fd = openReuseportSocket({ protocol: 'tcp', address: '127.0.0.78', port });
  const member: Member = { server: createServer(), fd, accepted: 0 };
  member.server.on('connection', (socket) => {
    member.accepted += 1;
    socket.end();
  });
  member.server.listen({ fd, backlog: LISTEN_BACKLOG });
  await once(member.server, 'listening');
  unsteerGroup(fd);
  members.push(member);
  return member;
}

function portOf(member: Member): number {
  return (member.server.address() as AddressInfo).port;
}

async function knock(port: number): Promise<void> {
  const socket = connect({ host: '127.0.0.78', port });
  socket.resume();
  await once(socket, 'close');
}

function drain(member: Member): Promise<boolean> {
  return drainGroupMember({
    fd: member.fd,
    protocol: 'tcp',
    arrivals: () => member.accepted,
    nowMs: () => performance.now(),
    limitMs: 500,
  });
}

describe('drainGroupMember', () => {
  afterEach(() => {
    for (const { server } of members.splice(0)) server.close();
  });

  it.each([
    ['the first member', 0],
    ['the second member', 1],
  ])('steers everything away from %s', async (_, leaving) => {
    const first = await join(0);
    const pair = [first, await join(portOf(first))] as const;
    const leaver = pair[leaving as 0 | 1];
    const stayer = pair[(1 - leaving) as 0 | 1];
    let isRunning = true;
    const load = Array.from({ length: 4 }, async () => {
      while (isRunning) await knock(portOf(first));
    });
    expect(await drain(leaver)).toBe(true);
    const settled = leaver.accepted;
    const before = stayer.accepted;
    await Promise.all(Array.from({ length: 20 }, () => knock(portOf(first))));
    isRunning = false;
    await Promise.all(load);
    expect(leaver.accepted).toBe(settled);
    expect(stayer.accepted).toBeGreaterThanOrEqual(before + 20);
  });

  it('gives up when there is nobody to steer to', async () => {
    const alone = await join(0);
    let isRunning = true;
    const load = (async () => {
      while (isRunning) await knock(portOf(alone));
    })();
    expect(await drain(alone)).toBe(false);
    isRunning = false;
    await load;
  });

  it('ends at once for an idle member that is alone', async () => {
    expect(await drain(await join(0))).toBe(true);
  });
});

describe('openReuseportSocket', () => {
  it('says which address and port it could not have', async () => {
    const owner = createServer().listen(0, '127.0.0.78');
    await once(owner, 'listening');
    const { port } = owner.address() as AddressInfo;
    expect(() => openReuseportSocket({ protocol: 'tcp', address: '127.0.0.78', port })).toThrow(
      `cannot listen on tcp 127.0.0.78:${port}: bind: EADDRINUSE`,
    );
    owner.close();
  });

  it('takes an address that this machine does not have yet', () => {
    const fd = openReuseportSocket({ protocol: 'tcp', address: '192.0.2.1', port: 0 });
    const server = createServer().listen({ fd });
    server.close();
    expect(fd).toBeGreaterThan(2);
  });

  it('refuses what is no IPv4 address', () => {
    expect(() => openReuseportSocket({ protocol: 'udp', address: '::1', port: 0 })).toThrow('no IPv4');
  });
});
