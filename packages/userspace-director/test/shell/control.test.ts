import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserspaceDirector } from '@piranha/ipvs';
import { ControlClient } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Control, Engine, serveControl } from '../../src/index.js';
import { dial, freePort, memoryLog, portOf, startServer, until, VIP } from '../support/harness.js';
import { realServer, settings, tcpKey } from '../support/values.js';

const key = tcpKey(8080, VIP);

describe('the control socket', () => {
  let directory: string;
  let path: string;
  let engine: Engine;
  let control: Control;
  let director: UserspaceDirector;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ipvsu-control-'));
    path = join(directory, 'ipvsu.sock');
    engine = new Engine({ log: memoryLog(), connectionLimit: 100 });
    control = await serveControl(path, engine);
    director = new UserspaceDirector(path);
  });

  afterEach(async () => {
    await director.close();
    await control.close();
    engine.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('carries tables, results and statistics', async () => {
    const results = await director.apply([
      { type: 'addService', service: settings(key, { schedulerFlags: ['sh-port'], scheduler: 'sh' }) },
      { type: 'addServer', key, server: realServer(1) },
      { type: 'addServer', key, server: realServer(1) },
      { type: 'addService', service: settings({ kind: 'mark', mark: 7, family: 4 }) },
    ]);
    expect(results.map((result) => result.ok)).toEqual([true, true, false, false]);
    expect(results[3]).toEqual({ ok: false, message: expect.stringContaining('kernel backend') });
    expect(await director.readTable()).toEqual(engine.readTable());
    expect(await director.readStatistics()).toEqual(engine.statistics());
    await director.setTimeouts({ tcpSeconds: 5, tcpFinSeconds: 0, udpSeconds: 0 });
  });

  it('refuses a frame with one wrong value as a whole and says where it is', async () => {
    const client = await ControlClient.connect({ path });
    const call = (operations: unknown) => client.call('table.apply', { operations });
    const good = { type: 'addService', service: settings(key) };
    await expect(
      call([good, { type: 'addServer', key, server: { ...realServer(1), weight: -1 } }]),
    ).rejects.toThrow('operations[1].server.weight: integer from 0 to');
    await expect(call([{ type: 'dropAll' }])).rejects.toThrow('operations[0].type');
    await expect(call('all')).rejects.toMatchObject({ code: 'CONTROL_BAD_PARAMS' });
    await expect(call([{ ...good, service: { ...good.service, key: null } }])).rejects.toThrow('key: object');
    await expect(client.call('vip.hold', { addresses: ['nowhere'] })).rejects.toMatchObject({
      code: 'CONTROL_BAD_PARAMS',
    });
    await expect(client.call('vip.hold', null)).rejects.toMatchObject({ code: 'CONTROL_BAD_PARAMS' });
    await expect(
      client.call('timeouts', { tcpSeconds: 1, tcpFinSeconds: 'x', udpSeconds: 0 }),
    ).rejects.toThrow('timeouts.tcpFinSeconds');
    expect(engine.readTable()).toEqual({ services: [] });
    client.close();
  });

  it('holds, lists and releases addresses in one spelling', async () => {
    const client = await ControlClient.connect({ path });
    const held = { held: [VIP], problems: [] };
    expect(await client.call('vip.hold', { addresses: ['127.79'] })).toEqual(held);
    expect(await client.call('vip.list')).toEqual(held);
    expect(await client.call('vip.release', { addresses: [VIP] })).toEqual({ held: [], problems: [] });
    client.close();
  });

  it('says alive to every peer', async () => {
    let beats = 0;
    const client = await ControlClient.connect({
      path,
      onEvent: (event) => {
        if (event === 'alive') beats += 1;
      },
    });
    await until(() => beats >= 2);
    client.close();
  });

  it('keeps table and connections when a peer leaves', async () => {
    const server = await startServer((socket) => socket.pipe(socket));
    const served = tcpKey(await freePort(), VIP);
    await director.apply([
      { type: 'addService', service: settings(served) },
      { type: 'addServer', key: served, server: realServer(portOf(server)) },
    ]);
    await engine.hold([VIP]);
    const client = await dial(served.port);
    let echoed = '';
    client.on('data', (chunk) => {
      echoed += chunk;
    });
    await director.close();
    client.write('still here');
    await until(() => echoed === 'still here');
    client.destroy();
    server.close();
    director = new UserspaceDirector(path);
    expect((await director.readTable()).services).toHaveLength(1);
  });

  it('is found again after a restart, and missed with a code while it is gone', async () => {
    expect(await director.readTable()).toEqual({ services: [] });
    await control.close();
    await expect(director.readTable()).rejects.toMatchObject({ code: 'DIRECTOR_UNREACHABLE' });
    await expect(director.apply([{ type: 'deleteService', key }])).rejects.toMatchObject({
      code: 'DIRECTOR_UNREACHABLE',
    });
    control = await serveControl(path, engine);
    expect(await director.readTable()).toEqual({ services: [] });
  });

  it('is reached over one connection by many calls at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => director.readTable()));
    expect(answers).toHaveLength(20);
    await director.close();
    await expect(director.readTable()).rejects.toMatchObject({ code: 'DIRECTOR_UNREACHABLE' });
  });
});
