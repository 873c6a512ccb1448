import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@piranha/common';
import { parseSaveText } from '@piranha/ipvs';
import { type ControlHandler, ControlServer, runDirectory, type ServerStatus } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/run.js';
import { lvsdStatus, pulseStatus, serverStatus } from '../support/statuses.js';

let directory: string;
let servers: ControlServer[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lvsctl-'));
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(directory, { recursive: true, force: true });
});

async function serve(
  daemon: 'pulse' | 'lvsd' | 'guardian',
  methods: Record<string, ControlHandler>,
): Promise<void> {
  const path = runDirectory(directory)[`${daemon}Socket`];
  servers.push(await ControlServer.listen({ path, methods }));
}

function ask(...argv: string[]) {
  return run([...argv, '--run-dir', directory]);
}

describe('lvsctl status', () => {
  it('ends with 0 when both daemons answer', async () => {
    await serve('pulse', { status: () => pulseStatus() });
    await serve('lvsd', { status: () => lvsdStatus() });
    const { status, stdout } = await ask('status');
    expect(status).toBe(0);
    expect(stdout).toContain('primary, ACTIVE');
    expect(stdout).toContain('service web');
    expect(JSON.parse((await ask('status', '--json')).stdout)).toEqual({
      runDirectory: directory,
      pulse: pulseStatus(),
      lvsd: lvsdStatus(),
    });
  });

  it('ends with 1 when one is missing, and shows the other', async () => {
    await serve('lvsd', { status: () => lvsdStatus() });
    const { status, stdout } = await ask('status');
    expect(status).toBe(1);
    expect(stdout).toMatch(/pulse +NOT REACHED: .*pulse\.sock[\s\S]*service web/);
  });

  it('shows who looks after a pulse that does not answer', async () => {
    await serve('lvsd', { status: () => lvsdStatus() });
    const guardian = { pid: 7, phase: 'waiting', failures: 3, standsIn: true, holds: true, restartInMs: 800 };
    await serve('guardian', { status: () => guardian });
    const { status, stdout } = await ask('status');
    expect(status).toBe(1);
    expect(stdout).toContain(
      'guardian pid 7 beats in its stead, this node holds addresses; pulse-worker failed 3 times in a row, starts again in 0.8 s',
    );
    expect(JSON.parse((await ask('status', '--json')).stdout)).toMatchObject({ guardian });
  });

  it('ends with 3 when none is there', async () => {
    expect((await ask('status')).status).toBe(3);
  });

  it('does not show an answer of another form', async () => {
    await serve('pulse', { status: () => ({ ...pulseStatus(), paths: 'none' }) });
    const { status, stdout } = await ask('status');
    expect(status).toBe(3);
    expect(stdout).toMatch(/answer to status: paths: .*\[ANSWER_BAD\]/);
  });
});

describe('lvsctl reload', () => {
  const answer = { ok: true, diagnostics: ['lvs.cf:1:1: warning X: y'], operations: ['-D -t 10.0.0.9:80'] };

  it('asks pulse', async () => {
    await serve('pulse', { reload: () => answer });
    const { status, stdout, stderr } = await ask('reload');
    expect([status, stdout]).toEqual([0, '-D -t 10.0.0.9:80\n']);
    expect(stderr).toContain('lvs.cf:1:1: warning X: y');
    expect(stderr).toContain('reloaded, 1 table operation\n');
  });

  it('asks lvsd where no pulse runs', async () => {
    await serve('lvsd', { reload: () => answer });
    const { status, stderr } = await ask('reload');
    expect(status).toBe(0);
    expect(stderr).toContain('only lvsd reloaded');
  });

  it('ends with 1 for a refused file, with 3 without a daemon', async () => {
    expect((await ask('reload')).status).toBe(3);
    await serve('pulse', {
      reload: () => ({ ok: false, diagnostics: ['lvs.cf:1:1: error X: y'], operations: [] }),
    });
    const { status, stdout, stderr } = await ask('reload');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('refused');
    expect(JSON.parse((await ask('reload', '--json')).stdout)).toMatchObject({ by: 'pulse', ok: false });
  });
});

describe('lvsctl handover', () => {
  it('says that it is done', async () => {
    await serve('pulse', { handover: () => ({ ok: true, text: 'partner took over', durationMs: 812.4 }) });
    expect(await ask('handover')).toEqual({ status: 0, stdout: 'partner took over (812 ms)\n', stderr: '' });
  });

  it('does not wait for minutes for a pulse that hangs', async () => {
    const asked: string[] = [];
    const handover = () => asked.push('handover');
    await serve('pulse', { status: () => new Promise(() => undefined), handover });
    const { status, stderr } = await ask('handover');
    expect([status, asked]).toEqual([3, []]);
    expect(stderr).toContain('[CONTROL_TIMEOUT]');
  }, 15_000);

  it('ends with 1 when it is refused', async () => {
    const refused = { ok: false, text: 'partner is silent', durationMs: 0, code: 'PULSE_HANDOVER_REFUSED' };
    await serve('pulse', { handover: () => refused });
    const { status, stdout, stderr } = await ask('handover');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe('lvsctl: not handed over: partner is silent [PULSE_HANDOVER_REFUSED]\n');
  });

  it('tells the error of the daemon, and its absence', async () => {
    expect((await ask('handover')).status).toBe(3);
    await serve('pulse', {
      handover: () => {
        throw new UserError('no partner', { code: 'PULSE_NO_PARTNER', hint: 'set backup' });
      },
    });
    expect(await ask('handover')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'lvsctl: no partner [PULSE_NO_PARTNER]\nlvsctl: hint: set backup\n',
    });
    expect(JSON.parse((await ask('handover', '--json')).stdout)).toEqual({
      error: { code: 'PULSE_NO_PARTNER', message: 'no partner', hint: 'set backup' },
    });
  });
});

describe('lvsctl handover to a node', () => {
  it('tells pulse which one is meant, with its addresses, and that it is forced', async () => {
    const asked: unknown[] = [];
    await serve('pulse', {
      handover: (request) => {
        asked.push(request);
        return { ok: true, text: 'partner took over', durationMs: 812 };
      },
    });
    expect((await ask('handover', '--to', '127.0.0.3')).status).toBe(0);
    expect((await ask('handover', '--force', '--to', 'localhost')).status).toBe(0);
    expect((await ask('handover')).status).toBe(0);
    expect(asked).toEqual([
      { to: { name: '127.0.0.3', addresses: ['127.0.0.3'] } },
      { force: true, to: { name: 'localhost', addresses: expect.arrayContaining(['127.0.0.1']) } },
      {},
    ]);
  });

  it('asks nobody about a node without an address', async () => {
    const { status, stderr } = await ask('handover', '--to', 'two.invalid');
    expect(status).toBe(1);
    expect(stderr).toMatch(/two\.invalid: no address is known of it .* \[NODE_UNKNOWN\]/);
  });
});

describe('lvsctl standby', () => {
  it('tells pulse who asks for what, and says how it went', async () => {
    const asked: unknown[] = [];
    let ok = true;
    await serve('pulse', {
      standby: (request) => {
        asked.push(request);
        return { ok, text: 'partner took over', durationMs: 812 };
      },
    });
    const done = await ask('standby', 'on', '--reason', ' new memory ', '--unless-alone');
    expect(done).toEqual({ status: 0, stdout: 'maintenance standby on: partner took over\n', stderr: '' });
    expect(asked).toEqual([
      { on: true, by: expect.stringMatching(/./), reason: 'new memory', unlessAlone: true },
    ]);
    ok = false;
    const refused = await ask('standby', 'off');
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toBe('lvsctl: maintenance standby is not off: partner took over\n');
    expect(JSON.parse((await ask('standby', 'on', '--force', '--json')).stdout)).toMatchObject({ ok: false });
    expect(asked.at(-1)).toMatchObject({ on: true, force: true });
  });

  it.each([
    [['standby'], "missing required argument 'switch'"],
    [['standby', 'maybe'], 'Allowed choices are on, off'],
    [['standby', 'on', '--force', '--unless-alone'], '--force puts the VIPs down'],
    [['standby', 'off', '--reason', 'x'], 'off takes no option'],
    [['standby', 'on', '--reason', 'x\ny'], 'cannot be printed'],
    [['standby', 'on', '--reason', 'x'.repeat(201)], 'over 200 characters'],
  ])('refuses %j with status 2', async (words, problem) => {
    const { status, stderr } = await ask(...words);
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
  });
});

describe('lvsctl restart', () => {
  it('ends nothing where the one that would start it again does not run', async () => {
    const pid = process.pid;
    // This process is no daemon: its pid alone proves nothing.
    writeFileSync(runDirectory(directory).lvsdPid, `${pid}\n`);
    const { status, stdout, stderr } = await ask('restart', 'lvsd');
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('lvsd does not run [RESTART_NOT_RUNNING]');
    expect((await ask('restart')).stderr).toContain('pulse does not run');
  });

  it('knows its daemons', async () => {
    expect((await ask('restart', 'nannny')).status).toBe(2);
  });
});

describe('lvsctl plan --against', () => {
  const CONFIGURATION = `primary = 127.0.0.2
network = nat
virtual web {
     active = 1
     address = 127.0.0.100 lo:1
     port = 8080
     scheduler = rr
     server one {
         address = 127.0.0.11
         port = 8081
         active = 1
     }
     server two {
         address = 127.0.0.12
         port = 8081
         active = 1
     }
     server new {
         address = 127.0.0.13
         port = 8081
         active = 1
     }
}
`;
  const LIVE = [
    '-A -t 127.0.0.100:8080 -s rr',
    '-a -t 127.0.0.100:8080 -r 127.0.0.11:8081 -m -w 1',
    '-a -t 127.0.0.100:8080 -r 127.0.0.99:8081 -m -w 1',
    '-A -t 10.0.0.1:22 -s wlc',
  ];
  let file: string;

  beforeEach(() => {
    file = join(directory, 'lvs.cf');
    writeFileSync(file, CONFIGURATION);
  });

  function serveTable(live: readonly string[]): Promise<void> {
    const [web] = lvsdStatus().services;
    const two = serverStatus({ name: 'two', address: '127.0.0.12', health: 'down' });
    const services = web ? [{ ...web, servers: [serverStatus(), two] }] : [];
    return serve('lvsd', {
      status: () => lvsdStatus({ services }),
      table: () => ({
        table: parseSaveText(live.join('\n')).table,
        owned: ['tcp 127.0.0.100:8080', 'tcp 127.0.0.100:8080 127.0.0.99:8081'],
      }),
    });
  }

  it('prints the operations, adds first; foreign entries are named and left alone', async () => {
    await serveTable(LIVE);
    const { status, stdout, stderr } = await ask('plan', file, '--against');
    expect(status).toBe(0);
    // The server that is down stays out; the new one is expected to be up.
    expect(stdout.split('\n')).toEqual([
      '-a -t 127.0.0.100:8080 -r 127.0.0.13:8081 -m -w 1',
      '-d -t 127.0.0.100:8080 -r 127.0.0.99:8081',
      '',
    ]);
    expect(stderr).toContain('foreign entry, left alone: tcp 10.0.0.1:22\n');
    const json = JSON.parse((await ask('plan', file, '--against', '--json')).stdout);
    expect(json).toMatchObject({ ok: true, foreign: ['tcp 10.0.0.1:22'] });
    expect(json.operations).toHaveLength(2);
  });

  it('prints nothing when nothing would change', async () => {
    await serveTable([...LIVE.slice(0, 2), '-a -t 127.0.0.100:8080 -r 127.0.0.13:8081 -m -w 1']);
    const { status, stdout, stderr } = await ask('plan', file, '--against');
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain('nothing to change');
  });

  it('does not take a server that is out by order for one that a reload would bring', async () => {
    const order = { by: 'root', at: '2026-03-01T11:00:00.000Z', reason: '' };
    const server = (name: string, last: number, maintenance: ServerStatus['maintenance']) =>
      serverStatus({ name, address: `127.0.0.${last}`, maintenance });
    const [web] = lvsdStatus().services;
    const servers = [
      server('one', 11, { ...order, kind: 'drain', phase: 'draining' }),
      server('two', 12, { ...order, kind: 'drain', phase: 'drained' }),
      server('new', 13, { ...order, kind: 'disable', phase: 'held' }),
    ];
    const live = LIVE.slice(0, 2).map((line) => line.replace('-w 1', '-w 0'));
    const { table } = parseSaveText(live.join('\n'));
    await serve('lvsd', {
      status: () => lvsdStatus({ services: web ? [{ ...web, servers }] : [] }),
      table: () => ({ table, owned: ['tcp 127.0.0.100:8080'] }),
    });
    expect((await ask('plan', file, '--against')).stdout).toBe(
      '-a -t 127.0.0.100:8080 -r 127.0.0.13:8081 -m -w 1\n',
    );
  });

  it('ends with 3 when lvsd is not there', async () => {
    const { status, stderr } = await ask('plan', file, '--against');
    expect(status).toBe(3);
    expect(stderr).toContain('[CONTROL_UNREACHABLE]');
  });
});
