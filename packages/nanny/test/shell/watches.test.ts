import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CheckComplaint } from '../../src/check.js';
import { watchAgent } from '../../src/shell/agent-watch.js';
import { watchLoad } from '../../src/shell/load-watch.js';
import { Repeating } from '../../src/shell/repeating.js';
import type { Reporter } from '../../src/shell/reporter.js';
import { ProbeControl } from '../../src/shell/shared/probe-control.js';

const WAIT = { timeout: 20_000 };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function recorder() {
  const readings: unknown[] = [];
  const lines: string[] = [];
  const reporter: Reporter = {
    log: ({ event }: CheckComplaint) => lines.push(event),
    result: () => {},
    transition: () => {},
    reading: (reading) => readings.push(reading),
  };
  return { readings, lines, reporter };
}

function during(watch: Repeating): void {
  cleanups.push(() => watch.stop());
}

describe('a watched agent', () => {
  it('is read line by line, told of when it is silent, and heard again', async () => {
    let answer = (socket: Socket): unknown => socket.end('60% ready\n');
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      answer(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { readings, lines, reporter } = recorder();
    const down: (string | undefined)[] = [];
    const target = { address: '127.0.0.1', port };
    const common = { number: 'idle', holdMs: 60_000, server: '127.0.0.1:80', intervalMs: 10 } as const;
    during(watchAgent({ ...common, target, reporter, onDown: (reason) => down.push(reason) }));
    await vi.waitFor(() => expect(readings[0]).toEqual({ kind: 'agent', percent: 60, order: 'ready' }), WAIT);
    answer = (socket) => socket.resetAndDestroy();
    await vi.waitFor(() => expect(lines).toEqual(['NANNY_AGENT_SILENT']), WAIT);
    // One that does not hang up after its line is no slower for it.
    answer = (socket) => socket.write('down # disk\n');
    await vi.waitFor(() => expect(down).toEqual(['its agent says "down # disk"']), WAIT);
    expect(lines).toContain('NANNY_AGENT_BACK');
  });
});

describe('an agent that is asked by HTTP', () => {
  it('tells the load of its server, and is silent where there is no page', async () => {
    const asked: string[] = [];
    let answer = (response: ServerResponse): unknown => response.end('30\r\n');
    const server = createHttpServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      answer(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { readings, lines, reporter } = recorder();
    const down: (string | undefined)[] = [];
    const target = { address: '127.0.0.1', port };
    const common = { number: 'load', holdMs: 60_000, server: '127.0.0.1:80', intervalMs: 10 } as const;
    const onDown = (reason: string | undefined) => down.push(reason);
    during(watchAgent({ ...common, target, path: '/load', reporter, onDown }));
    const says = (percent: number) => ({ kind: 'agent', percent, order: 'ready' });
    await vi.waitFor(() => expect(readings[0]).toEqual(says(70)), WAIT);
    expect(asked[0]).toBe('GET /load');
    // In pieces, without a length; an idle server, and one that is overloaded.
    answer = (response) => {
      response.write('');
      response.end('0');
    };
    await vi.waitFor(() => expect(readings.at(-1)).toEqual(says(100)), WAIT);
    answer = (response) => response.end('100\nmore');
    await vi.waitFor(() => expect(readings.at(-1)).toEqual(says(0)), WAIT);
    answer = (response) => response.writeHead(404).end('30');
    await vi.waitFor(() => expect(lines).toEqual(['NANNY_AGENT_SILENT']), WAIT);
    answer = (response) => response.end('101');
    await vi.waitFor(() => expect(down).toEqual(['its agent says "101"']), WAIT);
    answer = (response) => response.end('102');
    await vi.waitFor(() => expect(readings.at(-1)).toMatchObject({ order: 'maint' }), WAIT);
    answer = (response) => response.end('5'.repeat(2_000));
    await vi.waitFor(
      () => expect(lines.filter((line) => line === 'NANNY_AGENT_SILENT')).toHaveLength(2),
      WAIT,
    );
    answer = (response) => response.end('<html>');
    await vi.waitFor(() => expect(lines.at(-1)).toBe('NANNY_AGENT_BAD'), WAIT);
  });
});

describe('a load monitor', () => {
  it('is run without a shell for a server that is up, and its trouble told once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'load-'));
    cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
    const program = join(directory, 'monitor');
    // The program of a moment ago may still be running: another file takes its name.
    const write = (text: string) => {
      writeFileSync(`${program}.new`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      renameSync(`${program}.new`, program);
    };
    write('echo "$1 up, load average: 0.25, 1, 1"');
    const { readings, lines, reporter } = recorder();
    let isUp = false;
    const words = [program, '10.0.0.1'];
    during(watchLoad({ words, intervalMs: 10, server: '10.0.0.1:80', reporter, isUp: () => isUp }));
    isUp = true;
    await vi.waitFor(() => expect(readings[0]).toEqual({ kind: 'load', load: 0.25 }), WAIT);
    write('exit 3');
    await vi.waitFor(() => expect(lines.at(-1)).toBe('NANNY_LOAD_FAILED'), WAIT);
    write('echo nothing');
    await vi.waitFor(() => expect(lines.at(-1)).toBe('NANNY_LOAD_BAD'), WAIT);
    write('echo load: 2');
    await vi.waitFor(() => expect(readings.at(-1)).toEqual({ kind: 'load', load: 2 }), WAIT);
    expect(lines.at(-1)).toBe('NANNY_LOAD_BACK');
  });
});

describe('what is repeated', () => {
  afterEach(() => vi.useRealTimers());

  it('begins after its first delay, and then each time an interval after its end', async () => {
    vi.useFakeTimers();
    let count = 0;
    const act = async () => {
      count += 1;
    };
    during(new Repeating(20_000, act, { firstDelayMs: 7_000 }));
    await vi.advanceTimersByTimeAsync(6_999);
    expect(count).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(count).toBe(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(count).toBe(2);
  });

  it('runs 16 load monitors at a time at most in a nanny of many, and forgets none', async () => {
    const control = new ProbeControl();
    cleanups.push(() => control.stop());
    const ends: (() => void)[] = [];
    let most = 0;
    let running = 0;
    let done = 0;
    const act = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
      done += 1;
    };
    const pace = { gate: control.weightGates.monitors };
    for (let number = 0; number < 20; number += 1) during(new Repeating(60_000, act, pace));
    await vi.waitFor(() => expect(running).toBe(16));
    await vi.waitFor(() => {
      for (const end of ends.splice(0)) end();
      expect(done).toBe(20);
    });
    expect(most).toBe(16);
  });

  it('is not begun any more when it ends before its turn', async () => {
    const control = new ProbeControl();
    cleanups.push(() => control.stop());
    const pace = { gate: control.weightGates.monitors };
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (let number = 0; number < 16; number += 1) during(new Repeating(60_000, () => held, pace));
    let isBegun = false;
    const late = new Repeating(
      60_000,
      async () => {
        isBegun = true;
      },
      pace,
    );
    await late.stop();
    release();
    expect(isBegun).toBe(false);
  });
});
