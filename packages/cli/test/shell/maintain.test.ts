import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@piranha/common';
import {
  type ControlHandler,
  ControlServer,
  type MaintainedServer,
  runDirectory,
  type ServerMaintenance,
} from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderStatus } from '../../src/core/render-status.js';
import { run } from '../support/run.js';
import { lvsdStatus, NOW_MS, pulseStatus, serverStatus } from '../support/statuses.js';

const AT = '2026-03-01T11:59:00.000Z';
const PLACED = {
  service: 'web',
  server: 'one',
  address: '127.0.0.11:8081',
  place: 'tcp 127.0.0.100:8080 127.0.0.11:8081',
};

let directory: string;
let server: ControlServer | undefined;
/** What lvsd was asked to do. */
let asked: unknown[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsctl-'));
  asked = [];
});

afterEach(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

function at(phase: ServerMaintenance['phase'], active?: number, templates = 0): MaintainedServer {
  const left = active === undefined ? {} : { left: { active, inactive: 0, templates } };
  const kind = phase === 'disabled' ? 'disable' : 'drain';
  return { ...PLACED, maintenance: { kind, phase, by: 'root', at: AT, reason: '', ...left } };
}

/** A lvsd that says these things of its servers, one after the other, and then the last one again. */
async function lvsd(first: MaintainedServer, ...later: (MaintainedServer | 'new')[]): Promise<void> {
  let looks = 0;
  const methods: Record<string, ControlHandler> = {
    maintain: (params) => {
      asked.push(params);
      return { ok: true, text: '', servers: [first] };
    },
    maintenance: () => {
      const look = later[Math.min(looks, later.length - 1)] ?? first;
      looks += 1;
      if (look === 'new') throw new UserError('not yet', { code: 'LVSD_NOT_LOADED' });
      return { ok: true, text: '', servers: look.maintenance === undefined ? [] : [look] };
    },
  };
  server = await ControlServer.listen({ path: runDirectory(directory).lvsdSocket, methods });
}

const ask = (...argv: string[]) => run([...argv, '--run-dir', directory]);

describe('lvsctl drain', () => {
  it('is asked of the lvsd that follows one which died before it answered', async () => {
    const dying = await ControlServer.listen({
      path: runDirectory(directory).lvsdSocket,
      methods: {
        maintain: (params) => {
          asked.push(params);
          void dying.close();
          return new Promise(() => undefined);
        },
      },
    });
    const drained = ask('drain', 'one');
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await dying.close();
    await lvsd(at('drained', 0));
    const { status, stdout } = await drained;
    expect([status, stdout]).toEqual([0, 'web/one (127.0.0.11:8081): drained, no connection is left\n']);
    expect(asked).toHaveLength(2);
  }, 15_000);

  it('shows how the connections become fewer, over a new lvsd, and ends when none is left', async () => {
    await lvsd(at('draining'), at('draining', 2, 1), 'new', at('draining', 2, 1), at('drained', 0));
    const { status, stdout, stderr } = await ask('drain', 'one', '--reason', 'new disk', '--timeout', '60');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'web/one (127.0.0.11:8081): draining, not counted yet',
      'web/one (127.0.0.11:8081): draining, 2 active, 0 closing or without state, 1 persistent clients may come back',
      'web/one (127.0.0.11:8081): drained, no connection is left',
    ]);
    expect(asked).toEqual([
      { action: 'drain', server: 'one', by: expect.any(String), reason: 'new disk', timeoutSeconds: 60 },
    ]);
  });

  it('says what was left at the time limit, as JSON too', async () => {
    await lvsd(at('drained', 3));
    expect((await ask('drain', 'one')).stdout).toContain('its time limit was over: 3 active');
    const json = JSON.parse((await ask('drain', 'one', '--json')).stdout);
    expect(json).toEqual({ ok: true, text: '', servers: [at('drained', 3)] });
  });

  it('ends with 1 when somebody else ends the drain', async () => {
    await lvsd(at('draining', 1), PLACED);
    const { status, stdout, stderr } = await ask('drain', 'one');
    expect(status).toBe(1);
    expect(stdout).not.toContain('in service');
    expect(stderr).toContain('somebody else ended the drain of web/one');
    expect(stderr).toContain('or took it out of lvs.cf');
  });

  it('leaves the drain going at Ctrl-C, and says so', async () => {
    await lvsd(at('draining', 1));
    const ended = ask('drain', 'one');
    while (process.listenerCount('SIGINT') === 0) await new Promise((resolve) => setImmediate(resolve));
    process.emit('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    expect(stderr).toContain('the drain of web/one (127.0.0.11:8081) goes on: lvsctl undrain ends it');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('knows its server under another name that a reload gave it', async () => {
    await lvsd(at('draining', 1), { ...at('drained', 0), server: 'uno' });
    expect(await ask('drain', 'one')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('web/uno (127.0.0.11:8081): drained, no connection is left'),
    });
  });

  it('ends at Ctrl-C although lvsd hangs', async () => {
    let isAsked = false;
    server = await ControlServer.listen({
      path: runDirectory(directory).lvsdSocket,
      methods: {
        maintain: () => ({ ok: true, text: '', servers: [at('draining', 1)] }),
        maintenance: () => {
          isAsked = true;
          return new Promise(() => undefined);
        },
      },
    });
    const ended = ask('drain', 'one');
    await expect.poll(() => isAsked, { timeout: 20_000 }).toBe(true);
    process.emit('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    expect(stderr).toContain('goes on');
  });

  it('only begins with --no-wait', async () => {
    await lvsd(at('draining'));
    expect(await ask('drain', 'one', '--no-wait')).toMatchObject({
      status: 0,
      stdout: 'web/one (127.0.0.11:8081): draining, not counted yet\n',
    });
  });

  it.each([
    ['drain'],
    ['drain', 'one', '--timeout', 'soon'],
    ['drain', 'one', '--timeout', '2592001'],
    ['drain', 'one', '--reason', 'two\nlines'],
    ['disable', 'one', '--timeout', '1'],
    ['enable', 'one', '--force'],
  ])('%j is no command', async (...argv) => {
    expect((await ask(...argv)).status).toBe(2);
  });
});

describe('lvsctl disable, undrain, enable', () => {
  it('say what the server is then', async () => {
    await lvsd(at('disabled'));
    expect((await ask('disable', 'one', '--force')).stdout).toBe(
      'web/one (127.0.0.11:8081): disabled, out of the table\n',
    );
    expect(asked).toMatchObject([{ action: 'disable', force: true }]);
    await server?.close();
    await lvsd(PLACED);
    for (const action of ['enable', 'undrain']) {
      expect((await ask(action, 'one')).stdout).toBe(
        'web/one (127.0.0.11:8081): in service as its check says\n',
      );
    }
  });

  it('end with 1 where lvsd refuses or does not know the server, with the way out', async () => {
    const text = 'no other server of web is up';
    let problem: UserError | undefined;
    server = await ControlServer.listen({
      path: runDirectory(directory).lvsdSocket,
      methods: {
        maintain: () => {
          if (problem) throw problem;
          return { ok: false, text, code: 'LVSD_DRAIN_REFUSED', servers: [PLACED] };
        },
      },
    });
    const refused = await ask('disable', 'one');
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(
      `disable one is refused, nothing was changed: ${text} [LVSD_DRAIN_REFUSED]\n`,
    );
    expect(refused.stderr).toContain('--force');
    expect(JSON.parse((await ask('disable', 'one', '--json')).stdout)).toMatchObject({ ok: false, text });
    problem = new UserError('no active server is called two', {
      code: 'SERVER_UNKNOWN',
      hint: 'there are web/one',
    });
    const unknown = await ask('disable', 'two');
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toBe(
      'lvsctl: no active server is called two [SERVER_UNKNOWN]\nlvsctl: hint: there are web/one\n',
    );
  });

  it('say that an order may have been taken where the answer is late', async () => {
    server = await ControlServer.listen({
      path: runDirectory(directory).lvsdSocket,
      methods: {
        maintain: () => {
          throw new UserError('no answer to maintain', { code: 'CONTROL_TIMEOUT' });
        },
      },
    });
    const { status, stderr } = await ask('disable', 'one');
    expect(status).toBe(3);
    expect(stderr).toContain('the order may have been taken all the same');
  });

  it('end with 3 where no lvsd is', async () => {
    expect((await ask('enable', 'one')).status).toBe(3);
  });
});

describe('lvsctl status', () => {
  it('tells of a server that is out by order who did it, when and why', () => {
    const [web] = lvsdStatus().services;
    const order = { by: 'ops', at: AT, reason: 'new disk' };
    const servers = [
      serverStatus({ weight: 0, maintenance: { ...order, kind: 'drain', phase: 'draining' } }),
      serverStatus({ name: 'two', maintenance: { ...order, kind: 'disable', phase: 'held', reason: '' } }),
    ];
    const status = lvsdStatus({ services: web ? [{ ...web, servers }] : [] });
    const view = {
      runDirectory: directory,
      pulse: { reached: true, status: pulseStatus() } as const,
      lvsd: { reached: true, status } as const,
    };
    const page = renderStatus(view, NOW_MS).join('\n');
    expect(page).toMatch(
      /one .* up, DRAINING +0\/1 .*drain by ops at 2026-03-01T11:59:00.000Z \(1 min\): new disk; check: connected/,
    );
    expect(page).toMatch(
      /two .* up, order held .*disable by ops .* not obeyed, no other server is up; check/,
    );
  });
});
