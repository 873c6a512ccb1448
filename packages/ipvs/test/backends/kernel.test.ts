import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  KernelDirector,
  type OperationResult,
  operationText,
  type TableOperation,
  type TableServer,
} from '../../src/index.js';
import { directorCompliance } from '../support/compliance.js';
import { type FakeIpvsadm, fakeIpvsadm } from '../support/fake-ipvsadm.js';

const key = { kind: 'address', protocol: 'tcp', address: '10.0.0.9', port: 80 } as const;

directorCompliance('the kernel backend with a stand-in for ipvsadm', async () => {
  const ipvsadm = fakeIpvsadm();
  return { director: new KernelDirector(ipvsadm.path), key, close: async () => ipvsadm.remove() };
});

let ipvsadm: FakeIpvsadm;
let director: KernelDirector;

beforeEach(() => {
  ipvsadm = fakeIpvsadm();
  director = new KernelDirector(ipvsadm.path);
});

afterEach(() => ipvsadm.remove());

function addService(port = 80, scheduler = 'rr'): TableOperation {
  const settings = { schedulerFlags: [], persistentSeconds: 0, persistenceMask: undefined, onePacket: false };
  return { type: 'addService', service: { key: { ...key, port }, scheduler, ...settings } };
}

function server(last: number, changes: Partial<TableServer> = {}): TableServer {
  return {
    address: `10.0.1.${last}`,
    port: 80,
    forwarding: 'direct',
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    ...changes,
  };
}

function addServer(last: number, changes: Partial<TableServer> = {}, port = 80): TableOperation {
  return { type: 'addServer', key: { ...key, port }, server: server(last, changes) };
}

async function servers(): Promise<readonly TableServer[]> {
  return (await director.readTable()).services[0]?.servers ?? [];
}

const OK = { ok: true };

describe('the kernel backend', () => {
  it('makes one call of one change', async () => {
    await director.apply([addService(), addServer(1)]);
    ipvsadm.takeCalls();
    await director.apply([{ type: 'editServer', key, server: server(1, { weight: 7 }) }]);
    expect(ipvsadm.takeCalls()).toEqual(['-e -t 10.0.0.9:80 -r 10.0.1.1:80 -g -w 7']);
    await director.apply([]);
    expect(ipvsadm.takeCalls()).toEqual([]);
  });

  it('makes one restore of many changes, and checks it by reading', async () => {
    const results = await director.apply([addService(), ...[1, 2, 3, 4, 5].map((last) => addServer(last))]);
    expect(results).toEqual(new Array(6).fill(OK));
    expect(ipvsadm.takeCalls()).toEqual(['-Sn', '-R', '-Sn', '-Ln --thresholds']);
  });

  it('reads the thresholds, which the saved text leaves out', async () => {
    await director.apply([addService(), addServer(1, { upperThreshold: 100, lowerThreshold: 50 })]);
    expect(await servers()).toEqual([server(1, { upperThreshold: 100, lowerThreshold: 50 })]);
  });

  it('tries what the kernel refused alone, and what hangs on it not at all', async () => {
    const plan = [addService(), addServer(1), addService(81, 'nonsense'), addServer(1, {}, 81), addServer(2)];
    expect(await director.apply(plan)).toEqual([
      OK,
      OK,
      { ok: false, message: 'Scheduler or persistence engine not found' },
      { ok: false, message: 'Service not defined' },
      OK,
    ]);
    expect(ipvsadm.takeCalls()).toEqual([
      '-Sn',
      '-R',
      '-Sn',
      '-Ln --thresholds',
      '-A -t 10.0.0.9:81 -s nonsense',
    ]);
    expect(await servers()).toEqual([server(1), server(2)]);
  });

  it('goes on behind a line at which a restore stops', async () => {
    const wrong = [2, 4].map((last) => addServer(last, { weight: -1 }));
    const plan = [addService(), addServer(1), ...wrong, ...[5, 6, 7, 8, 9].map((last) => addServer(last))];
    const refused = { ok: false, message: 'illegal weight specified' };
    expect(await director.apply(plan)).toEqual([OK, OK, refused, refused, OK, OK, OK, OK, OK]);
    expect(await servers()).toEqual([1, 5, 6, 7, 8, 9].map((last) => server(last)));
  });

  it('keeps the order of operations on one entry behind such a line', async () => {
    const plan: TableOperation[] = [
      addService(),
      addServer(1, { weight: -1 }),
      addServer(2),
      addServer(3),
      { type: 'editServer', key, server: server(3, { weight: 9 }) },
      { type: 'deleteServer', key, address: '10.0.1.2', port: 80 },
      addServer(3),
    ];
    const results = await director.apply(plan);
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true, true, true, true, false]);
    expect(await servers()).toEqual([server(3, { weight: 9 })]);
  });

  it('passes timeouts on as they are: 0 leaves one alone', async () => {
    await director.setTimeouts({ tcpSeconds: 900, tcpFinSeconds: 0, udpSeconds: 30 });
    expect(ipvsadm.takeCalls()).toEqual(['--set 900 0 30']);
  });

  it('asks the kernel twice for all counters', async () => {
    await director.apply([addService(), addServer(1)]);
    ipvsadm.takeCalls();
    expect((await director.readStatistics())[0]?.servers).toHaveLength(1);
    expect(ipvsadm.takeCalls().sort()).toEqual(['-Ln --persistent-conn', '-Ln --stats --exact']);
  });
});

describe('changes of real servers', () => {
  const edit = (last: number): TableOperation => ({ type: 'editServer', key, server: server(last) });

  /** A kernel that answers itself for some servers, by the last number of their addresses. */
  function asking(answers: Readonly<Record<string, OperationResult>>) {
    const asked: string[] = [];
    const servers = {
      prepare: async () => undefined,
      carryOut: async (operation: TableOperation) => {
        const text = operationText(operation);
        asked.push(text);
        return answers[/-r 10\.0\.1\.(\d+)/.exec(text)?.[1] ?? ''];
      },
      close: () => void asked.push('close'),
    };
    return { asked, director: new KernelDirector(ipvsadm.path, servers) };
  }

  it('are asked of the kernel itself, whose answers are the results', async () => {
    const refused = { ok: false, message: 'No such destination' } as const;
    const kernel = asking({ 1: { ok: true }, 2: refused });
    expect(await kernel.director.apply([edit(1), edit(2)])).toEqual([OK, refused]);
    await kernel.director.close();
    expect(kernel.asked).toEqual([
      '-e -t 10.0.0.9:80 -r 10.0.1.1:80 -g -w 1',
      operationText(edit(2)),
      'close',
    ]);
    expect(ipvsadm.takeCalls()).toEqual([]);
  });

  it("are ipvsadm's from the first one on to which the kernel gave no answer, in their order", async () => {
    await director.apply([addService(), addServer(2), addServer(3)]);
    ipvsadm.takeCalls();
    const kernel = asking({ 1: { ok: true }, 3: { ok: true } });
    expect(await kernel.director.apply([edit(1), edit(2), edit(3)])).toEqual([OK, OK, OK]);
    expect(kernel.asked).toEqual([edit(1), edit(2)].map(operationText));
    expect(ipvsadm.takeCalls()).toEqual([edit(2), edit(3)].map(operationText));
  });

  it("behind one of a service are ipvsadm's too", async () => {
    const kernel = asking({ 1: { ok: true } });
    expect(await kernel.director.apply([addService(), addServer(1)])).toEqual([OK, OK]);
    expect(kernel.asked).toEqual([]);
    expect(ipvsadm.takeCalls()).toHaveLength(2);
  });
});

describe('the kernel backend without a kernel that helps', () => {
  it.each([
    ['no-module', 'IPVS_NO_MODULE', 5, /^this kernel has no IPVS \(modprobe: FATAL: Module ip_vs not found/],
    ['no-privilege', 'IPVS_NO_PRIVILEGE', 4, /no right to use the kernel's IPVS table/],
    ['memory', 'IPVSADM_FAILED', 1, /Cannot allocate memory/],
    ['broken', 'IPVSADM_FAILED', 1, /^ipvsadm -Sn: Cannot do it/],
    ['killed', 'IPVSADM_FAILED', 1, /SIGKILL/],
    ['noisy', 'IPVSADM_FAILED', 1, /said too much/],
  ] as const)('tells %s by its code, with a remedy', async (mode, code, exitCode, message) => {
    ipvsadm.setMode(mode);
    await expect(director.readTable()).rejects.toMatchObject({
      code,
      exitCode,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/./),
    });
  });

  it('names a missing program and what to install', () => {
    const missing = {
      code: 'IPVSADM_MISSING',
      exitCode: 5,
      hint: expect.stringContaining('package ipvsadm'),
    };
    expect(() => new KernelDirector('/nowhere/ipvsadm')).toThrow(expect.objectContaining(missing));
    expect(() => new KernelDirector('no-such-ipvsadm')).toThrow(expect.objectContaining(missing));
  });
});
