import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { quorumNotice, roleNotice, serverNotice } from '../../src/index.js';
import { Notifier } from '../../src/shell/notifier.js';
import { notifyConfig } from '../support/configuration.js';
import { processState, useScripts } from '../support/scripts.js';

const isRoot = process.getuid?.() === 0;
const PATIENCE = { timeout: 20_000 };
const FACTS = { node: 'primary', holding: true, reason: 'partner dead', vips: ['192.0.2.100'] } as const;
const ACTIVE = roleNotice('active', FACTS);
const STANDBY = roleNotice('standby', { ...FACTS, holding: false });
const DOWN = serverNotice(false, {
  service: { name: 'web', address: '192.0.2.100', port: 80, protocol: 'tcp', firewallMark: 0 },
  server: { name: 'one', address: '10.0.0.11', port: 80 },
  reason: 'timeout',
});

describe('notify programs', () => {
  const scripts = useScripts();
  const notifierOf = (changes: Parameters<typeof notifyConfig>[0]): Notifier =>
    new Notifier(notifyConfig(changes), { log: scripts.log });
  const finished = (count = 1) =>
    expect
      .poll(() => scripts.log.count('NOTIFY_ENDED') + scripts.log.count('NOTIFY_FAILED'), PATIENCE)
      .toBe(count);

  it('get their own words, then what happened, and variables', async () => {
    const program = scripts.write(`{ printf '<%s>' "$@"; env; } >>${scripts.path('out')}`);
    const notifier = notifierOf({ program: `${program} -x  $HOME` });
    notifier.tell(ACTIVE);
    await finished();
    const text = scripts.read('out');
    expect(text).toContain('<-x><$HOME><INSTANCE><lvs><MASTER><100>');
    expect(text).toContain('PIRANHA_NOTIFY=active');
    expect(text).toContain(`PIRANHA_HOST=${hostname()}`);
    expect(text).toMatch(/^PIRANHA_TIME=\d{4}-/m);
    expect(scripts.log.ids()).toEqual(['NOTIFY_ACTIVE', 'NOTIFY_STARTED', 'NOTIFY_ENDED']);
  });

  it('are told of servers only where notify_server names one', async () => {
    const program = scripts.write(`echo "$@" >>${scripts.path('out')}`);
    const notifier = notifierOf({ serverProgram: program });
    notifier.tell(ACTIVE);
    notifier.tell(DOWN);
    await finished();
    expect(scripts.read('out')).toBe('RS [10.0.0.11]:tcp:80 [192.0.2.100]:tcp:80 DOWN\n');
  });

  it('run one after another in the order of what happened', async () => {
    const program = scripts.write(
      `echo "begin $3" >>${scripts.path('out')}; sleep 0.1; echo "end $3" >>${scripts.path('out')}`,
    );
    const notifier = notifierOf({ program });
    for (const notice of [ACTIVE, STANDBY, ACTIVE]) notifier.tell(notice);
    await finished(3);
    const words = ['MASTER', 'BACKUP', 'MASTER'].flatMap((word) => [`begin ${word}`, `end ${word}`]);
    expect(scripts.read('out').trim().split('\n')).toEqual(words);
  });

  it('of a service wait neither for notify_server nor for another service', async () => {
    const hanging = scripts.write('while :; do sleep 1; done');
    const program = scripts.write(`echo "$PIRANHA_NOTIFY $PIRANHA_SERVICE" >>${scripts.path('out')}`);
    const notifier = notifierOf({ serverProgram: hanging, timeoutMs: 3_000 });
    notifier.tell(DOWN);
    const facts = { address: '192.0.2.100', port: 80, protocol: 'tcp', firewallMark: 0 };
    notifier.runServiceCommand(hanging, quorumNotice(false, { ...facts, name: 'mail', port: 25 }, 1, 2));
    notifier.runServiceCommand(program, quorumNotice(false, { ...facts, name: 'web' }, 1, 2));
    await finished();
    expect(scripts.read('out')).toBe('quorum-down web\n');
    expect(scripts.log.count('NOTIFY_FAILED')).toBe(0);
    await finished(3);
  });

  it('end with all their children when they run too long, and the next one runs', async () => {
    const program = scripts.write(
      `[ "$3" = BACKUP ] && exit 0
       sh -c 'trap "" TERM; echo $$ >${scripts.path('pid')}; while :; do sleep 1; done' &
       wait`,
    );
    const notifier = notifierOf({ program, timeoutMs: 1_000 });
    notifier.tell(ACTIVE);
    notifier.tell(STANDBY);
    await finished(2);
    expect(scripts.log.last('NOTIFY_FAILED')?.problem).toContain('longer than 1000 ms');
    const pid = Number(scripts.read('pid'));
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => processState(pid), PATIENCE).toMatch(/^[ZX]?$/);
    expect(scripts.log.ids().at(-1)).toBe('NOTIFY_ENDED');
  });

  it('that ignore SIGTERM are killed', async () => {
    const program = scripts.write(`trap '' TERM; echo $$ >${scripts.path('pid')}; while :; do sleep 1; done`);
    notifierOf({ program, timeoutMs: 500 }).tell(ACTIVE);
    await finished();
    await expect.poll(() => processState(Number(scripts.read('pid'))), PATIENCE).toMatch(/^[ZX]?$/);
  });

  it('may print what they like: a little of it is logged', async () => {
    const program = scripts.write('i=0; while [ $i -lt 20000 ]; do echo "line $i of many"; i=$((i+1)); done');
    notifierOf({ program }).tell(ACTIVE);
    await finished();
    expect(scripts.log.count('NOTIFY_OUTPUT')).toBe(10);
    expect(scripts.log.count('NOTIFY_ENDED')).toBe(1);
  });

  it('are waited for by choice, and no longer than they may run', async () => {
    const quick = scripts.write(`sleep 0.2; touch ${scripts.path('done')}`);
    const notifier = notifierOf({ program: quick, waits: true });
    expect(notifier.waits).toBe(true);
    await notifier.runAwaited(ACTIVE);
    expect(scripts.exists('done')).toBe(true);
    expect(scripts.log.count('NOTIFY_LATE')).toBe(0);
    const slow = notifierOf({ program: scripts.write('sleep 600'), waits: true, timeoutMs: 300 });
    await slow.runAwaited(ACTIVE);
    expect(scripts.log.count('NOTIFY_LATE')).toBe(1);
    await finished(2);
  });

  it('go by the new words after a reload', async () => {
    const program = scripts.write(`echo "$1" >>${scripts.path('out')}`);
    const notifier = notifierOf({});
    notifier.tell(ACTIVE);
    notifier.change(notifyConfig({ program: `${program} new` }));
    notifier.tell(ACTIVE);
    await finished();
    expect(scripts.read('out')).toBe('new\n');
  });

  it('hold a stop up only for a moment, and what is left is counted', async () => {
    const program = scripts.write(`echo $$ >${scripts.path('pid')}; exec sleep 600`);
    const notifier = notifierOf({ program });
    notifier.tell(ACTIVE);
    notifier.tell(STANDBY);
    await notifier.close();
    expect(scripts.log.last('NOTIFY_LEFT')).toEqual({ count: 2 });
    process.kill(Number(scripts.read('pid')), 'SIGKILL');
  });

  it('of an unknown user do not run', async () => {
    notifierOf({ program: '/bin/true', user: 'piranha-no-such-user' }).tell(ACTIVE);
    await finished();
    expect(scripts.log.last('NOTIFY_FAILED')?.problem).toBe('no user piranha-no-such-user');
  });

  describe.skipIf(!isRoot)(
    'started by root (skipped for other users: only root can be somebody else)',
    () => {
      const nobody = (): { uid: number; gid: number } => {
        const [, , uid, gid] = /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? [];
        return { uid: Number(uid), gid: Number(gid) };
      };

      it('run as the user with its groups and nothing of root', async () => {
        const { uid, gid } = nobody();
        const out = scripts.path('out');
        const program = scripts.write(`{ id -u; id -g; id -G; echo "$USER $HOME"; } >${out}`);
        chmodSync(scripts.directory, 0o777 | 0o1000);
        notifierOf({ program, user: 'nobody' }).tell(ACTIVE);
        await finished();
        const [user, group, groups, names] = scripts.read('out').split('\n');
        expect([user, group]).toEqual([String(uid), String(gid)]);
        expect(groups).toBe(execFileSync('id', ['-G', 'nobody'], { encoding: 'utf8' }).trim());
        expect(names).toMatch(/^nobody \//);
      });

      it.each([
        ['a file of another user', (path: string) => chownSync(path, nobody().uid, nobody().gid)],
        ['a file that everybody may write', (path: string) => chmodSync(path, 0o757)],
        ['a file that its group may write', (path: string) => chmodSync(path, 0o775)],
      ])('do not run from %s', async (_, spoil) => {
        const program = scripts.write(`touch ${scripts.path('ran')}`);
        spoil(program);
        notifierOf({ program }).tell(ACTIVE);
        await expect.poll(() => scripts.log.count('NOTIFY_UNSAFE'), PATIENCE).toBe(1);
        expect(scripts.exists('ran')).toBe(false);
      });

      it('do not run from a directory that somebody else may write, not through a link either', async () => {
        const program = scripts.write(`touch ${scripts.path('ran')}`);
        mkdirSync(scripts.path('open'));
        symlinkSync(program, scripts.path('open/link'));
        chmodSync(scripts.path('open'), 0o777);
        notifierOf({ program: scripts.path('open/link') }).tell(ACTIVE);
        await expect.poll(() => scripts.log.count('NOTIFY_UNSAFE'), PATIENCE).toBe(1);
        expect(scripts.log.last('NOTIFY_UNSAFE')?.problem).toContain('/open may be written by everybody');
        expect(scripts.exists('ran')).toBe(false);
      });
    },
  );
});
