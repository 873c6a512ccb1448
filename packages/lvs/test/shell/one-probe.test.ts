import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VirtualServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { MemoryDirector } from '@piranha/ipvs';
import { ControlClient, type LvsdStatus, runDirectory } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prepareSetup } from '../../src/core/setup.js';
import { Daemon } from '../../src/shell/daemon.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

const FAKE_NANNY = fileURLToPath(new URL('../fixtures/fake-nanny.mjs', import.meta.url));
const SERVER = '10.0.0.11';

/** The same real service behind an address of each. */
const WEB = virtualServer();
const SHOP = virtualServer({ name: 'shop', address: { address: '10.0.0.8', device: 'eth0:2' } });
const POST = virtualServer({ name: 'post', address: { address: '10.0.0.7', device: 'eth0:3' } });
const OTHER_CHECK = { ...SHOP, check: { ...SHOP.check, send: 'x' } };

let directory: string;
let director: MemoryDirector;
let lines: string[];
let daemon: Daemon;
let services: readonly VirtualServerConfig[];

const log: EventLog = {
  log: (id, fields = {}, pid) => lines.push(`${id} ${JSON.stringify(fields)} ${pid}`),
  history: () => [],
  close: () => Promise.resolve(),
};

async function startDaemon(): Promise<void> {
  const load = async () => {
    const configuration = configurationOf(services);
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
}

async function call<T>(method: string, params: unknown = {}): Promise<T> {
  const client = await ControlClient.connect({ path: runDirectory(directory).lvsdSocket });
  try {
    return (await client.call(method, params)) as T;
  } finally {
    client.close();
  }
}

const say = (verdict: 'up' | 'down'): void => writeFileSync(join(directory, `verdict-${SERVER}`), verdict);
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000, interval: 20 });
const linesOf = (start: string): string[] => lines.filter((line) => line.startsWith(start));
const nannies = async () => (await call<LvsdStatus>('status')).services.flatMap((service) => service.servers);
const pids = async () => (await nannies()).map(({ nannyPid }) => nannyPid);

/** The weights of the server, by virtual service in the order of the file. */
async function expectWeights(...weights: (number | undefined)[]): Promise<void> {
  await eventually(async () => {
    const { services: live } = await director.readTable();
    const found = services.map(({ address }) => {
      const service = live.find(({ key }) => 'address' in key && key.address === address?.address);
      return service?.servers.find((server) => server.address === SERVER)?.weight;
    });
    expect(found).toEqual(weights);
  });
}

async function reload(...next: readonly VirtualServerConfig[]): Promise<void> {
  services = next;
  await call('reload');
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lvsd-one-'));
  director = new MemoryDirector();
  lines = [];
  services = [WEB, SHOP];
  await startDaemon();
  say('up');
  await expectWeights(1, 1);
});

afterEach(async () => {
  await daemon.stop('test');
  // The record of owned entries may still be on its way to the disk.
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

describe('one real service behind two addresses', { timeout: 30_000 }, () => {
  it('has one nanny, whose words are those of each virtual service', async () => {
    const [pid, other] = await pids();
    expect(pid).toBe(other);
    expect(linesOf('LVSD_MONITOR_START')).toEqual(
      ['web', 'shop'].map(
        (service) => `LVSD_MONITOR_START ${JSON.stringify({ service, server: 'one', pid })} undefined`,
      ),
    );
    const available = `NANNY_SERVER_UP {"server":"${SERVER}"} ${pid}`;
    await eventually(() => expect(linesOf('NANNY_SERVER_UP')).toEqual([available, available]));
    say('down');
    await expectWeights(undefined, undefined);
    expect((await nannies()).map(({ health, reason }) => `${health} ${reason}`)).toEqual([
      'down the file says down',
      'down the file says down',
    ]);
  });

  it('keeps both entries while its nanny is killed, and is watched again for both', async () => {
    const [before = 0] = await pids();
    process.kill(before, 'SIGKILL');
    await eventually(async () => expect((await nannies()).map((one) => one.nannyStarts)).toEqual([2, 2]));
    await expectWeights(1, 1);
    expect(linesOf('LVSD_NANNY_DIED')).toHaveLength(2);
    say('down');
    await expectWeights(undefined, undefined);
    expect(new Set(await pids()).size).toBe(1);
  });

  it('is checked on where one virtual service leaves the file, and tells one that comes at once', async () => {
    const [before] = await pids();
    await reload(SHOP);
    say('down');
    await expectWeights(undefined);
    say('up');
    await expectWeights(1);
    await reload(SHOP, POST);
    await expectWeights(1, 1);
    expect(await pids()).toEqual([before, before]);
    expect((await nannies())[1]).toMatchObject({ health: 'up', reason: 'the file says up' });
    const started = `NANNY_STARTED {"service":"10.0.0.7:80","server":"${SERVER}:80"} ${before}`;
    expect(linesOf('NANNY_STARTED')).toEqual([started]);
    expect(linesOf(`NANNY_SERVER_UP {"server":"${SERVER}:80"}`)).toHaveLength(1);
  });

  it('has a nanny more where one virtual service checks otherwise, and one again when both do', async () => {
    const [before] = await pids();
    await reload(WEB, OTHER_CHECK);
    await eventually(async () => {
      const [first, second] = await pids();
      expect(first).toBe(before);
      expect(second).not.toBe(before);
      expect(second).toBeDefined();
    });
    await expectWeights(1, 1);
    const [, other] = await pids();
    await reload({ ...WEB, check: OTHER_CHECK.check }, OTHER_CHECK);
    await eventually(async () => expect(await pids()).toEqual([other, other]));
    await expectWeights(1, 1);
    say('down');
    await expectWeights(undefined, undefined);
    await eventually(() => expect(() => process.kill(before ?? 0, 0)).toThrow());
    expect(linesOf('NANNY_STOPPING')).toEqual([`NANNY_STOPPING {"signal":15} ${before}`]);
  });

  it('keeps its nanny where only weight or forwarding of one change', async () => {
    const before = await pids();
    await reload(WEB, { ...SHOP, servers: [realServer({ weight: 5 })] });
    await expectWeights(1, 5);
    expect(await pids()).toEqual(before);
  });

  it('is checked on for the others while an operator has it out of one', async () => {
    const before = await pids();
    await call('maintain', { action: 'disable', server: 'web/one', by: 'root', force: true });
    await expectWeights(undefined, 1);
    say('down');
    await expectWeights(undefined, undefined);
    say('up');
    await expectWeights(undefined, 1);
    await call('maintain', { action: 'enable', server: 'web/one', by: 'root' });
    await expectWeights(1, 1);
    expect(await pids()).toEqual(before);
  });

  it('is adopted for both by the lvsd that follows', async () => {
    await call('leave');
    await daemon.stop('test');
    lines = [];
    await startDaemon();
    await eventually(() => expect(linesOf('LVSD_ADOPTED')).toHaveLength(2));
    await expectWeights(1, 1);
    await eventually(async () => expect(new Set(await pids()).size).toBe(1));
    say('down');
    await expectWeights(undefined, undefined);
  });
});
