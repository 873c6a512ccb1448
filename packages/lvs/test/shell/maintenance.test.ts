import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LvsConfiguration, VirtualServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { MemoryDirector, type ServiceStatistics } from '@piranha/ipvs';
import {
  ControlClient,
  type LvsdStatus,
  type MaintenanceAnswer,
  type MaintenanceExchange,
  type MaintenanceRequest,
  runDirectory,
} from '@piranha/protocol';
import { lvsdStatusSchema } from '@piranha/protocol/schemas';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareSetup } from '../../src/core/setup.js';
import { Daemon } from '../../src/shell/daemon.js';
import { AGENT as agent, configurationOf, realServer, virtualServer } from '../support.js';

const FAKE_NANNY = fileURLToPath(new URL('../fixtures/fake-nanny.mjs', import.meta.url));
const SERVICES = [
  virtualServer({ servers: [realServer(), realServer({ name: 'two', address: '10.0.0.12' })] }),
];

/** A table whose entries count what the test says. */
class CountingDirector extends MemoryDirector {
  readonly active = new Map<string, number>();

  override async readStatistics(): Promise<readonly ServiceStatistics[]> {
    const statistics = await super.readStatistics();
    return statistics.map((service) => ({
      ...service,
      servers: service.servers.map((server) => ({
        ...server,
        activeConnections: this.active.get(server.address) ?? 0,
      })),
    }));
  }
}

let directory: string;
let director: CountingDirector;
let daemon: Daemon | undefined;
let lines: string[];
let configuration: LvsConfiguration;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsd-'));
  director = new CountingDirector();
  lines = [];
});

afterEach(async () => {
  await daemon?.stop('test');
  daemon = undefined;
  // The record of owned entries may still be on its way to the disk.
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

const log: EventLog = {
  log: (id, fields = {}) => lines.push(`${id} ${JSON.stringify(fields)}`),
  history: () => [],
  close: () => Promise.resolve(),
};
const logged = (id: string): number => lines.filter((line) => line.startsWith(`${id} `)).length;

async function start(
  services: readonly VirtualServerConfig[] = SERVICES,
  changes: Partial<LvsConfiguration> = {},
): Promise<Daemon> {
  configuration = configurationOf(services, changes);
  const load = async () => {
    const result = { file: 'lvs.cf', configuration, diagnostics: [] };
    return { result, setup: prepareSetup(configuration, { verbose: false, foreground: false }) };
  };
  const options = {
    configFile: 'lvs.cf',
    directorName: 'memory',
    run: runDirectory(directory),
    stateDirectory: join(directory, 'state'),
    log,
    nannyProgram: FAKE_NANNY,
    load,
    describe: () => [],
    openDirector: async () => ({ director, close: () => undefined }),
  };
  daemon = await Daemon.start(options, (await load()).setup);
  return daemon;
}

/** The next lvsd finds the table as this one leaves it. */
async function leave(): Promise<void> {
  await call('leave');
  await daemon?.stop('test');
}

async function call<T>(method: string, params: unknown = {}): Promise<T> {
  const client = await ControlClient.connect({ path: runDirectory(directory).lvsdSocket });
  try {
    return (await client.call(method, params)) as T;
  } finally {
    client.close();
  }
}

const maintain = (
  action: MaintenanceRequest['action'],
  server: string,
  more: Partial<MaintenanceRequest> = {},
) => call<MaintenanceAnswer>('maintain', { action, server, by: 'root', ...more });
const record = async () => (await call<MaintenanceExchange>('maintenance.record')).orders;

async function phases(): Promise<(string | undefined)[]> {
  const status = lvsdStatusSchema.parse(await call<LvsdStatus>('status'));
  return status.services.flatMap(({ servers }) => servers.map(({ maintenance }) => maintenance?.phase));
}

function say(verdict: 'up' | 'down', ...addresses: string[]): void {
  for (const address of addresses) writeFileSync(join(directory, `verdict-${address}`), verdict);
}

async function entries(): Promise<string[]> {
  const { services } = await director.readTable();
  return services
    .flatMap(({ servers }) => servers.map(({ address, weight }) => `${address} ${weight}`))
    .sort();
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

async function bothUp(): Promise<void> {
  say('up', '10.0.0.11', '10.0.0.12');
  await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']));
}

describe('servers out of service', { timeout: 30_000 }, () => {
  it('drain, over a death of their check and of lvsd, until no connection is left', async () => {
    await start();
    await bothUp();
    director.active.set('10.0.0.11', 2);
    const answer = await maintain('drain', 'one', { reason: 'new disk' });
    expect(answer).toMatchObject({ ok: true, servers: [{ service: 'web', server: 'one' }] });
    expect(await entries()).toEqual(['10.0.0.11 0', '10.0.0.12 1']);
    // Whoever shuts a server down may have its check fail first: its connections go on.
    say('down', '10.0.0.11');
    await eventually(async () =>
      expect((await call<LvsdStatus>('status')).services[0]?.servers[0]?.health).toBe('down'),
    );
    expect(await entries()).toEqual(['10.0.0.11 0', '10.0.0.12 1']);
    await leave();
    expect(await entries()).toEqual(['10.0.0.11 0', '10.0.0.12 1']);
    await start();
    await eventually(async () => expect((await call<LvsdStatus>('status')).ready).toBe(true));
    expect(await entries()).toEqual(['10.0.0.11 0', '10.0.0.12 1']);
    expect(await phases()).toEqual(['draining', undefined]);
    director.active.set('10.0.0.11', 0);
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.12 1']));
    expect(await phases()).toEqual(['drained', undefined]);
    expect(logged('LVSD_DRAINED')).toBe(1);
    // A check that passes again does not bring it back, nor does another start or a reload.
    say('up', '10.0.0.11');
    await daemon?.stop('test');
    await start();
    await eventually(async () => expect((await call<LvsdStatus>('status')).ready).toBe(true));
    await daemon?.reload();
    expect(await entries()).toEqual(['10.0.0.12 1']);
    await maintain('undrain', 'one');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']));
    expect((await record()).map(({ kind }) => kind)).toEqual(['none']);
    expect(logged('LVSD_ENABLED')).toBe(1);
  });

  it('are told of once more when lvs.cf has them again', async () => {
    await start();
    await bothUp();
    await maintain('disable', 'one', { reason: 'new disks' });
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.12 1']));
    configuration = configurationOf([
      virtualServer({ servers: [realServer({ name: 'two', address: '10.0.0.12' })] }),
    ]);
    await daemon?.reload();
    expect(logged('LVSD_DISABLED')).toBe(1);
    configuration = configurationOf(SERVICES);
    await daemon?.reload();
    await daemon?.reload();
    expect(logged('LVSD_DISABLED')).toBe(2);
    expect(lines.filter((line) => line.startsWith('LVSD_DISABLED')).at(-1)).toContain('new disks');
    expect(await phases()).toEqual(['disabled', undefined]);
  });

  it('come back at once when a drain is undone before the first verdict of a new lvsd', async () => {
    await start();
    await bothUp();
    director.active.set('10.0.0.11', 1);
    await maintain('drain', 'one');
    await leave();
    rmSync(join(directory, 'verdict-10.0.0.11'));
    await start();
    await eventually(async () => expect(await phases()).toEqual(['draining', undefined]));
    await maintain('undrain', 'one');
    expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']);
  });

  it('go at the time limit of their drain, with a warning, and at once when they are disabled', async () => {
    await start();
    await bothUp();
    director.active.set('10.0.0.11', 5);
    await maintain('drain', '10.0.0.11', { timeoutSeconds: 0.3 });
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.12 1']));
    expect(lines.find((line) => line.startsWith('LVSD_DRAIN_OVER'))).toContain('5 active');
    await maintain('enable', 'one');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']));
    await maintain('disable', '10.0.0.11:80');
    expect(await entries()).toEqual(['10.0.0.12 1']);
    expect(await phases()).toEqual(['disabled', undefined]);
  });

  it('are never the last one, but with force; and nobody is taken for another', async () => {
    await start();
    await bothUp();
    await maintain('disable', 'two');
    expect(await maintain('drain', 'one')).toMatchObject({
      ok: false,
      text: 'no other server of web is up',
      code: 'LVSD_DRAIN_REFUSED',
    });
    expect(await entries()).toEqual(['10.0.0.11 1']);
    expect(logged('LVSD_DRAIN_REFUSED')).toBe(1);
    await expect(maintain('drain', 'three')).rejects.toMatchObject({
      code: 'SERVER_UNKNOWN',
      hint: 'there are web/one (10.0.0.11:80), web/two (10.0.0.12:80)',
    });
    await expect(call('maintain', { action: 'drain' })).rejects.toMatchObject({ code: 'CONTROL_BAD_PARAMS' });
    expect(await maintain('disable', 'one', { force: true })).toMatchObject({ ok: true });
    expect(await entries()).toEqual([]);
  });

  it('are known to whoever merges the orders, which go both ways', async () => {
    await start();
    await bothUp();
    await maintain('disable', 'one', { reason: 'new disk' });
    const orders = await record();
    await daemon?.stop('test');
    // The partner: another director with a state of its own.
    rmSync(join(directory, 'state'), { recursive: true });
    await start();
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']));
    expect(await call('maintenance.merge', { orders })).toEqual({ orders });
    expect(await entries()).toEqual(['10.0.0.12 1']);
    expect(JSON.parse(readFileSync(join(directory, 'state', 'server-orders'), 'utf8'))).toEqual({
      version: 1,
      orders,
    });
    await maintain('enable', 'one');
    const [taken] = (await call<MaintenanceExchange>('maintenance.merge', { orders })).orders;
    expect(taken).toMatchObject({ kind: 'none', version: 2 });
    expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']);
    expect(logged('LVSD_ORDERS_MERGED')).toBe(1);
    await expect(call('maintenance.merge', { orders: 'all' })).rejects.toMatchObject({
      code: 'CONTROL_BAD_PARAMS',
    });
  });

  it('count for no quorum, and no panic brings them back', async () => {
    const three = () => ['1', '2', '3'].map((n) => realServer({ name: `s${n}`, address: `10.0.0.1${n}` }));
    const quorum = { weight: 2, hysteresis: 0, upCommand: undefined, downCommand: undefined };
    await start([
      virtualServer({ servers: three(), quorum, sorryServer: '10.0.0.99' }),
      virtualServer({ name: 'panic', port: 81, servers: three(), panicPercent: 60 }),
    ]);
    say('up', '10.0.0.11', '10.0.0.12', '10.0.0.13');
    const all = ['10.0.0.11 1', '10.0.0.12 1', '10.0.0.13 1'];
    await eventually(async () => expect(await entries()).toEqual([...all, ...all].sort()));
    await eventually(() => expect(logged('LVSD_QUORUM_UP')).toBe(1));
    await maintain('disable', 's2');
    const two = ['10.0.0.11 1', '10.0.0.13 1'];
    expect(await entries()).toEqual([...two, ...two].sort());
    const text = 'too few other servers of web are up for its quorum';
    expect(await maintain('disable', 'web/s3')).toMatchObject({ ok: false, text });
    await maintain('disable', 'web/s3', { force: true });
    const lost = ['10.0.0.11 0', '10.0.0.99 1'];
    expect(await entries()).toEqual([...two, ...lost].sort());
    expect(logged('LVSD_QUORUM_DOWN')).toBe(1);
    // Of the two that count one is up: the other is kept, and no third.
    say('down', '10.0.0.13');
    await eventually(() => expect(logged('LVSD_PANIC_ON')).toBe(1));
    expect(await entries()).toEqual([...two, ...lost].sort());
    await maintain('disable', 'panic/s3');
    expect(await entries()).toEqual(['10.0.0.11 1', ...lost].sort());
    expect(logged('LVSD_PANIC_OFF')).toBe(1);
  });

  it('stay out whatever moves their weight, and come back as somebody who returns', async () => {
    const two = { name: 'two', address: '10.0.0.12' };
    await start([
      virtualServer({
        servers: [
          realServer({ weight: 100, weighing: { slowStart: 0, follows: 'agent', agent } }),
          realServer({ ...two, weight: 100, weighing: { slowStart: 600_000, follows: 'nothing' } }),
        ],
      }),
    ]);
    say('up', '10.0.0.11', '10.0.0.12');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 100', '10.0.0.12 100']));
    director.active.set('10.0.0.11', 5);
    await maintain('drain', 'one');
    writeFileSync(join(directory, 'reading-10.0.0.11'), '{"kind":"agent","percent":40}');
    await eventually(async () => {
      const { services } = lvsdStatusSchema.parse(await call<LvsdStatus>('status'));
      expect(services[0]?.servers[0]).toMatchObject({ weight: 0, movingWeight: 40 });
    });
    expect(await entries()).toEqual(['10.0.0.11 0', '10.0.0.12 100']);
    expect(logged('LVSD_WEIGHT')).toBe(0);
    // Its weight of 0 is no agent's: the next lvsd does not wait for one.
    await leave();
    rmSync(join(directory, 'reading-10.0.0.11'));
    await start(configuration.virtualServers);
    await eventually(async () => expect(await phases()).toEqual(['draining', undefined]));
    await maintain('undrain', 'one');
    expect(await entries()).toEqual(['10.0.0.11 100', '10.0.0.12 100']);
    await maintain('disable', 'two');
    await maintain('enable', 'two');
    expect(await entries()).toEqual(['10.0.0.11 100', '10.0.0.12 1']);
  });

  it('go and come with the files of maintenance_dir', async () => {
    const maintenanceDirectory = join(directory, 'out');
    mkdirSync(maintenanceDirectory, { mode: 0o755 });
    writeFileSync(join(maintenanceDirectory, 'one'), 'disable new disk');
    await start(SERVICES, { maintenanceDirectory });
    say('up', '10.0.0.11', '10.0.0.12');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.12 1']));
    expect(await phases()).toEqual(['disabled', undefined]);
    writeFileSync(join(maintenanceDirectory, '10.0.0.12'), '');
    writeFileSync(join(maintenanceDirectory, 'nobody'), '');
    await eventually(async () => expect(await phases()).toEqual(['disabled', 'held']));
    expect(await entries()).toEqual(['10.0.0.12 1']);
    rmSync(join(maintenanceDirectory, 'one'));
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1']));
    expect(await maintain('enable', 'two')).toMatchObject({ ok: false });
    // A reload without the word ends all of it.
    configuration = configurationOf(SERVICES);
    await daemon?.reload();
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']));
    expect([logged('LVSD_FILE_IGNORED'), logged('LVSD_FILE_HELD')]).toEqual([1, 1]);
  });

  it('by files for all of them are not all out after a start with an empty table', async () => {
    const maintenanceDirectory = join(directory, 'out');
    mkdirSync(maintenanceDirectory, { mode: 0o755 });
    for (const name of ['one', 'two']) writeFileSync(join(maintenanceDirectory, name), '');
    await start(SERVICES, { maintenanceDirectory });
    await eventually(async () => expect(await phases()).toEqual(['drained', 'drained']));
    say('up', '10.0.0.11', '10.0.0.12');
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.12 1']));
    expect(await phases()).toEqual(['drained', 'held']);
    await daemon?.stop('test');
    await start(SERVICES, { maintenanceDirectory });
    await eventually(async () => expect(await entries()).toEqual(['10.0.0.12 1']));
    expect(await phases()).toEqual(['drained', 'held']);
  });

  it('change nothing where the order cannot be kept', async () => {
    writeFileSync(join(directory, 'state'), 'no directory');
    await start();
    await bothUp();
    await expect(maintain('disable', 'one')).rejects.toMatchObject({ code: 'LVSD_STATE_UNWRITABLE' });
    expect(await entries()).toEqual(['10.0.0.11 1', '10.0.0.12 1']);
    expect(await record()).toEqual([]);
  });
});
