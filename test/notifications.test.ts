import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CERTIFICATE_FILE, SmtpServer } from '../packages/notify/test/support/smtp-server.js';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';

const PASSWORD = 'correct-horse-battery';

describe('a pair that tells programs and people', () => {
  let pair: Pair;
  let mail: SmtpServer;
  let directory: string;

  const path = (name: string): string => join(directory, name);
  const script = (name: string, text: string): string => {
    writeFileSync(path(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path(name);
  };
  const linesOf = (name: string): string[] =>
    existsSync(path(name)) ? readFileSync(path(name), 'utf8').trim().split('\n') : [];
  /** Puts words before those of the pair. */
  const configure = (words: string): void => {
    const services = readFileSync(pair.configFile, 'utf8').replace(/^#words[\s\S]*?#end\n/, '');
    writeFileSync(pair.configFile, `#words\n${words}\n#end\n${services}`);
  };
  const mailed = (text: string): boolean => mail.mails.some((received) => received.text.includes(text));

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-notify-'));
    pair = new Pair();
    mail = await SmtpServer.start({ tls: 'starttls', login: { user: 'me', password: PASSWORD } });
  });
  afterEach(async () => {
    await pair.stop();
    await mail.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('tells of roles, of the partner and of servers, and goes by changed words after a reload', async () => {
    const record = (file: string): string => `echo "$PIRANHA_NODE $*: $PIRANHA_EVENT" >>${path(file)}`;
    configure(`notify = ${script('role.sh', record('roles'))}
notify_server = ${script('server.sh', record('servers'))}
mail_to = ops@example.org
smtp_server = 127.0.0.1:${mail.port}
smtp_tls = starttls
smtp_ca_file = ${CERTIFICATE_FILE}
smtp_user = me
smtp_password_file = ${path('password')}
mail_limit = 60`);
    const sorry = `[${pair.layout.otherVip}]:tcp:${pair.layout.vipPort}`;
    const withSorry = `scheduler = rr\n  sorry_server = ${pair.layout.otherVip}`;
    writeFileSync(
      pair.configFile,
      readFileSync(pair.configFile, 'utf8').replace('scheduler = rr', withSorry),
    );
    writeFileSync(path('password'), `${PASSWORD}\n`, { mode: 0o600 });
    mail.refusal = '451 come back later';
    await pair.start();
    const { active, standby } = await pair.settled();
    const logged = (text: string): boolean => readFileSync(active.logFile, 'utf8').includes(text);
    await pair.waitFor('a mail that failed', () =>
      logged('trying again: Mail command failed: 451 come back'),
    );
    mail.refusal = undefined;
    await pair.waitFor('mail that works again', () => logged('[NOTIFY_MAIL_WORKS]'), { limitMs: 30_000 });
    const first = active.role === 'primary' ? '100' : '99';
    const second = active.role === 'primary' ? '99' : '100';
    await pair.waitFor('the first role', () =>
      linesOf('roles').some((line) => line.startsWith(`${active.role} INSTANCE lvs MASTER ${first}: `)),
    );

    await pair.stopServer(0);
    const { servers, serverPort, vip, vipPort } = pair.layout;
    const down = `RS [${servers[0]}]:tcp:${serverPort} [${vip}]:tcp:${vipPort} DOWN: `;
    // Both directors look at their servers.
    await pair.waitFor(
      'the server down',
      () => linesOf('servers').filter((line) => line.includes(down)).length === 2,
    );
    // Its first verdict, at the start, was no change.
    const ofServer = linesOf('servers').filter((line) => line.includes(`[${servers[0]}]`));
    expect(ofServer.every((line) => line.includes(down))).toBe(true);
    await pair.startServer(0);
    await pair.waitFor(
      'the server up',
      () => linesOf('servers').filter((line) => line.includes(' UP: ')).length === 2,
    );
    await pair.waitFor(
      'mails about the server',
      () => mailed(`(${servers[0]}) is down`) && mailed(`(${servers[0]}) is up`),
    );

    for (const index of servers.keys()) await pair.stopServer(index);
    await pair.waitFor('the sorry server', () =>
      linesOf('servers').some((line) => line.includes(`SORRY ${sorry} [${vip}]:tcp:${vipPort} UP: `)),
    );
    for (const index of servers.keys()) await pair.startServer(index);
    await pair.settled();
    await pair.waitFor('the end of the sorry server', () =>
      linesOf('servers').some((line) => line.includes(`SORRY ${sorry} [${vip}]:tcp:${vipPort} DOWN: `)),
    );
    expect(mail.mails.every(({ encrypted, user }) => encrypted && user === 'me')).toBe(true);

    await active.crash();
    await pair.waitFor('the takeover', () =>
      linesOf('roles').includes(`${standby.role} INSTANCE lvs MASTER ${second}: partner dead`),
    );
    await pair.waitFor('a mail about it', () => mailed('this node is active: partner dead'));

    active.start();
    await pair.settled();
    await pair.waitFor('the partner back', () =>
      linesOf('roles').some((line) => line.startsWith(`${standby.role} PARTNER lvs BACK ${second}: `)),
    );
    configure(`notify = ${script('new.sh', record('changed'))}`);
    await standby.call(standby.files.pulseSocket, 'reload', 30_000);
    await standby.call(standby.files.pulseSocket, 'handover', 30_000);
    await pair.waitFor('the changed program', () =>
      linesOf('changed').some((line) => line.startsWith(`${standby.role} INSTANCE lvs BACKUP ${second}: `)),
    );
    expect(linesOf('roles').filter((line) => line.endsWith('partner took over'))).toEqual([]);
    for (const { logFile } of [active, standby])
      expect(readFileSync(logFile, 'utf8')).not.toContain(PASSWORD);
  });

  it('takes the addresses behind a program only where that was chosen, and never for longer than it may run', async () => {
    configure(`notify = ${script('slow.sh', `echo "$3" >>${path('roles')}; sleep 5`)}
notify_wait = 1
notify_timeout = 1`);
    await pair.start();
    const { active, standby } = await pair.settled();
    await active.crash();
    await pair.waitFor('the takeover', async () => (await standby.pulse()).active);
    const text = readFileSync(standby.logFile, 'utf8');
    const told = text.lastIndexOf('this node is active: partner dead [NOTIFY_STARTED]');
    const late = text.lastIndexOf('[NOTIFY_LATE]');
    expect(linesOf('roles')).toContain('MASTER');
    expect(told).toBeGreaterThan(0);
    expect(late).toBeGreaterThan(told);
    expect(text.lastIndexOf('[PULSE_ACTIVE]')).toBeGreaterThan(late);
  });

  it('keeps the order of a planned move: programs of the one, programs of the other, addresses', async () => {
    const record = (name: string, what: string): string =>
      script(
        name,
        `echo "${what} begins" >>${path('order')}; sleep 0.1; echo "${what} ends" >>${path('order')}`,
      );
    configure(`active_cmd = ${record('active.sh', 'active')}
inactive_cmd = ${record('inactive.sh', 'inactive')}
notify = ${record('role.sh', '$3')}
active_cmd_wait = 1
inactive_cmd_wait = 1
notify_wait = 1
notify_standby_wait = 1
notify_timeout = 1.4`);
    await pair.startInTurn();
    const { active, standby } = await pair.settled();
    const ends = (what: string): number => linesOf('order').filter((line) => line === `${what} ends`).length;
    await pair.waitFor('the programs of the start', () => ends('BACKUP') === 2 && ends('MASTER') === 1);
    writeFileSync(path('order'), '');
    const begun = [active, standby].map(({ logFile }) => readFileSync(logFile, 'utf8').length);
    await active.call(active.files.pulseSocket, 'handover', 30_000);
    await pair.waitFor('the takeover', async () => (await standby.pulse()).active);
    const both = (what: string): string[] => [`${what} begins`, `${what} ends`];
    expect(linesOf('order')).toEqual(['inactive', 'BACKUP', 'active', 'MASTER'].flatMap(both));
    const eventsOf = ({ logFile }: typeof active, from: number): string[] => {
      const log = readFileSync(logFile, 'utf8').slice(from);
      const told = /\[(PULSE_LEAVE_WAITS|NOTIFY_ENDED|PULSE_HANDOVER_(?:START|DONE)|PULSE_ACTIVE)\]/g;
      return [...log.matchAll(told)].map(([, id = '']) => id);
    };
    expect(eventsOf(active, begun[0] ?? 0)).toEqual([
      'PULSE_LEAVE_WAITS',
      'NOTIFY_ENDED',
      'PULSE_HANDOVER_START',
      'PULSE_HANDOVER_DONE',
    ]);
    expect(eventsOf(standby, begun[1] ?? 0)).toEqual(['NOTIFY_ENDED', 'PULSE_ACTIVE']);

    // A pulse that dies meanwhile: the one that follows serves on, and the programs learn that.
    writeFileSync(path('order'), '');
    writeFileSync(path('hold'), '');
    const moved = standby.call(standby.files.pulseSocket, 'handover', 30_000).catch(() => 'cut off');
    await pair.waitFor('the program before the move', () => linesOf('order').length > 0);
    signal((await standby.pulse()).pid, 'SIGKILL');
    expect(await moved).toBe('cut off');
    rmSync(path('hold'));
    await pair.waitFor('the programs again', () => ends('MASTER') === 1);
    expect(ends('active')).toBe(1);
    expect((await standby.pulse()).active).toBe(true);
    expect((await active.pulse()).active).toBe(false);
  });
});
