import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table } from '@piranha/ipvs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Director } from './support/director.js';
import { type PairLayout, pairConfiguration, randomLayout } from './support/pair-configuration.js';
import { killAllOf } from './support/processes.js';
import { waitFor } from './support/wait.js';

/** A server that says its name and then echoes, so that a connection can live for long. */
function nameServer(host: string, port: number, name: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`HTTP ${name}\n`);
    socket.pipe(socket);
  });
  return new Promise((resolve) => server.listen(port, host, () => resolve(server)));
}

describe('a server that is taken out of service on a running director', () => {
  const layout: PairLayout = randomLayout();
  let base: string;
  let director: Director;
  const servers: Server[] = [];
  const clients: Socket[] = [];

  beforeEach(async () => {
    base = mkdtempSync(join(tmpdir(), 'piranha-drain-'));
    mkdirSync(join(base, 'out'));
    const lines = () => [`maintenance_dir = ${join(base, 'out')}`];
    writeFileSync(join(base, 'lvs.cf'), pairConfiguration(layout, { backupActive: false, lines }));
    director = new Director('primary', base, join(base, 'lvs.cf'));
    for (const [index, host] of layout.servers.entries()) {
      servers.push(await nameServer(host, layout.serverPort, `s${index}`));
    }
  });

  afterEach(async () => {
    for (const client of clients) client.destroy();
    await killAllOf(base);
    for (const server of servers) server.close();
    rmSync(base, { recursive: true, force: true });
  });

  const until = <Value>(what: string, probe: () => Value | Promise<Value>) =>
    waitFor(what, probe, { details: () => director.lastLines() });

  /** A client that stays; with the name of its server. */
  async function client(): Promise<{ readonly socket: Socket; readonly server: string }> {
    const socket = connect(layout.vipPort, layout.vip);
    clients.push(socket);
    await once(socket, 'connect');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return { socket, server: chunk.toString().trim().replace('HTTP ', '') };
  }

  async function echoes(socket: Socket): Promise<boolean> {
    socket.write('still here');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString() === 'still here';
  }

  /** Weights by server; those of servers that are not in the table are missing. */
  async function weights(): Promise<Record<string, number>> {
    const table = (await director.call(director.files.ipvsuSocket, 'table.read')) as Table;
    const entries = table.services.flatMap((service) => service.servers);
    const named = entries.map(
      ({ address, weight }) => [`s${layout.servers.indexOf(address)}`, weight] as const,
    );
    return Object.fromEntries(named.sort(([one], [other]) => one.localeCompare(other)));
  }

  const are = (expected: Record<string, number>) => async () =>
    JSON.stringify(await weights()) === JSON.stringify(expected);

  it('keeps its connections, gets no new ones, and leaves the table when they are over', async () => {
    director.start();
    await until('three servers in the table', are({ s0: 1, s1: 1, s2: 1 }));
    const first = await until('a client of s1', async () => {
      const opened = await client();
      return opened.server === 's1' ? opened : undefined;
    });
    const drained = director.lvsctl('drain', 's1', '--reason', 'new disk');
    await until('weight 0', are({ s0: 1, s1: 0, s2: 1 }));
    const fresh = await Promise.all(Array.from({ length: 6 }, () => client()));
    expect(fresh.map(({ server }) => server).filter((name) => name === 's1')).toEqual([]);

    // A lvsd that dies and one that is replaced go on with the drain, and cut nobody.
    const { pid } = await director.lvsd();
    process.kill(pid, 'SIGKILL');
    await until('another lvsd', async () => (await director.lvsd()).pid !== pid);
    expect((await director.lvsctl('restart', 'lvsd')).status).toBe(0);
    expect((await director.lvsctl('reload')).status).toBe(0);
    expect(await weights()).toEqual({ s0: 1, s1: 0, s2: 1 });
    expect(await echoes(first.socket)).toBe(true);
    const { stdout: page } = await director.lvsctl('status');
    expect(page).toMatch(/s1 .*DRAINING +0\/1 .*drain by .*: new disk; check: /);
    expect((await director.lvsctl('plan', join(base, 'lvs.cf'), '--against')).stdout).toBe('');
    expect((await director.lvsd()).tableInSync).toBe(true);

    for (const socket of clients) socket.end();
    const { status, stdout } = await drained;
    expect([status, stdout]).toEqual([0, expect.stringContaining('drained, no connection is left')]);
    expect(stdout).toMatch(/s1 \([\d.:]+\): draining, [1-9]\d* active/);
    expect(await weights()).toEqual({ s0: 1, s2: 1 });

    // The last but one goes by a file, the last one not without force.
    writeFileSync(join(base, 'out', layout.servers[0] ?? ''), 'disable');
    await until('s0 out', are({ s2: 1 }));
    const refused = await director.lvsctl('disable', 's2');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('no other server of www is up [LVSD_DRAIN_REFUSED]');
    expect(await weights()).toEqual({ s2: 1 });
    rmSync(join(base, 'out', layout.servers[0] ?? ''));
    expect((await director.lvsctl('enable', 's1')).status).toBe(0);
    await until('all three back', are({ s0: 1, s1: 1, s2: 1 }));
    const file = join(base, 'piranha.prom');
    expect(await director.lvsctl('metrics', '--output', file)).toMatchObject({ status: 0, stdout: '' });
    const metrics = readFileSync(file, 'utf8').trim().split('\n');
    for (const line of metrics) {
      expect(line).toMatch(/^(# (HELP|TYPE) )?piranha_[a-z_]+(\{([a-z]+="[^"]*",?)+\})? \S/);
    }
    for (const process of ['guardian', 'pulse', 'lvsd', 'ipvsu']) {
      expect(metrics).toContain(`piranha_up{process="${process}"} 1`);
    }
    expect(metrics).toContain('piranha_active 1');
    expect(metrics).toContain('piranha_takeovers_total 1');
    for (const known of [
      /^piranha_server_weight\{service="www",.*server="s1",.*\} 1$/,
      /^piranha_process_resident_memory_bytes\{process="nanny"\} [1-9]/,
      /^piranha_probes_total\{nanny="own"\} [1-9]/,
      /^piranha_probe_interval_seconds\{nanny="own",quantile="0\.5"\} 0?\.?[1-9]/,
      /^piranha_events_total\{process="lvsd",event="LVSD_READY"\} 1$/,
    ]) {
      expect(
        metrics.filter((line) => known.test(line)),
        String(known),
      ).toHaveLength(1);
    }

    const log = readFileSync(director.logFile, 'utf8');
    expect(log).toMatch(/draining www\/s1 \(.*\), by .*: new disk/);
    expect(log).toMatch(/www\/s1 is drained after \d+ s/);
  });
});
