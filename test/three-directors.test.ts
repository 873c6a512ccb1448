import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectorGroup } from './support/director-group.js';

/** Looks at who holds the address in this rhythm while something happens, ms. */
const LOOK_MS = 40;

let group: DirectorGroup;
beforeAll(() => {
  group = new DirectorGroup(['alpha', 'beta', 'gamma']);
  return group.start();
});
afterAll(() => group?.stop());

/** Everybody who ever held the address while `happens` lasted. */
async function holdersDuring(happens: Promise<unknown>): Promise<readonly string[]> {
  const seen = new Set<string>();
  let over = false;
  const done = happens.finally(() => {
    over = true;
  });
  while (!over) {
    for (const name of await group.holders()) seen.add(name);
    await pause(LOOK_MS);
  }
  await done;
  return [...seen].sort();
}

describe.sequential('three directors', () => {
  it('that start together are served by the first', async () => {
    await group.settled('alpha', 'beta', 'gamma');
    const { stdout } = await group.director('beta').lvsctl('status');
    expect(stdout).toContain('director  beta, rank 2 of 3');
    expect(stdout).toMatch(/alpha +rank 1 +serves +heard \d\.\d s ago/);
    expect(stdout).toMatch(/gamma +rank 3 +standby +heard \d\.\d s ago +ready to take over: yes/);
    expect(stdout).toMatch(/gamma private +127\.\S+ -> 127\.\S+/);
  });

  it('hand over to the one that is named, and not to a wrong name', async () => {
    const wrong = await group.director('alpha').lvsctl('handover', '--to', 'delta.invalid');
    expect(wrong.stderr).toContain('[NODE_UNKNOWN]');
    expect(wrong.stderr).toContain('alpha, beta, gamma');
    const own = await group.director('alpha').lvsctl('handover', '--to', 'alpha');
    expect(own.stderr).toContain('alpha is this node [PULSE_NOT_THE_PARTNER]');
    const stranger = await group.director('alpha').lvsctl('handover', '--to', '192.0.2.77');
    expect(stranger.stderr).toContain('none of the other directors, which are beta, gamma');
    const idle = await group.director('beta').lvsctl('handover', '--to', 'gamma');
    expect(idle.stderr).toContain('this node is standby, not active');

    const moved = group.director('alpha').lvsctl('handover', '--to', 'gamma');
    expect(await holdersDuring(moved)).not.toContain('beta');
    expect(await moved).toMatchObject({ status: 0, stdout: expect.stringContaining('gamma took over') });
    await group.settled('gamma', 'alpha', 'beta');
    const back = await group.director('gamma').lvsctl('handover', '--to', 'alpha');
    expect(back.status).toBe(0);
    await group.settled('alpha', 'beta', 'gamma');
  });

  it('refuse a reload by which another one would not be believed any more', async () => {
    const text = readFileSync(group.configFile, 'utf8');
    writeFileSync(group.configFile, text.replace('director gamma', 'director delta'));
    const refused = await group.director('alpha').lvsctl('reload');
    expect(refused.status).toBe(1);
    expect(refused.stderr + refused.stdout).toContain('director blocks cannot come, go or be renamed');
    // Nor does a pulse start that is killed meanwhile: it would hear nobody, and take the addresses.
    const beta = group.director('beta');
    process.kill((await beta.pulse()).pid, 'SIGKILL');
    const start = group.waitFor('a refused start', () => beta.log().includes('PULSE_DIRECTORS_CHANGE'));
    const seen = await holdersDuring(start.then(() => pause(1_500)));
    writeFileSync(group.configFile, text);
    expect(seen).toEqual(['alpha']);
    await group.settled('alpha', 'beta', 'gamma');
  });

  it('go on with one whose pulse is killed: its guardian beats to both of the others', async () => {
    const { pid } = await group.director('alpha').pulse();
    process.kill(pid, 'SIGKILL');
    await group.waitFor('another pulse', async () => {
      const status = await group
        .director('alpha')
        .pulse()
        .catch(() => undefined);
      return status !== undefined && status.pid !== pid ? true : undefined;
    });
    await group.settled('alpha', 'beta', 'gamma');
    expect(group.director('beta').log()).not.toContain('partner dead');
    expect(group.director('gamma').log()).not.toContain('partner dead');
  });

  it('are served by the second when the first dies; the third never holds', async () => {
    await group.director('alpha').crash();
    const seen = await holdersDuring(group.settled('beta', 'gamma'));
    expect(seen).not.toContain('gamma');
    expect(group.director('beta').log()).toMatch(/partner dead: activating lvs.*director=alpha/);
    const { directors = [] } = await group.director('gamma').pulse();
    expect(directors).toMatchObject([
      { name: 'alpha', life: 'dead' },
      { name: 'beta', life: 'alive', duty: 'active' },
    ]);
  });

  it('are served by the third when both are gone', async () => {
    await group.director('beta').crash();
    await group.settled('gamma');
    expect((await group.director('gamma').pulse()).reason).toBe('beta dead');
  });

  it('let those that return stand by, and stop in order: the best of the rest serves', async () => {
    group.director('beta').start();
    await group.settled('gamma', 'beta');
    group.director('alpha').start();
    await group.settled('gamma', 'alpha', 'beta');
    const metrics = await group.director('gamma').lvsctl('metrics');
    expect(metrics.stdout).toContain('piranha_director_ready{director="beta"} 1');
    const refused = await group.director('gamma').lvsctl('sync', 'push');
    expect(refused.status).not.toBe(0);
    const moved = await group.director('gamma').lvsctl('standby', 'on');
    expect(moved.status).toBe(0);
    await group.waitFor('alpha serves', async () => (await group.holders()).join() === 'alpha');
    // The order stands in gamma's next beat.
    await group.waitFor('gamma says that it is out', async () => {
      const { directors = [] } = await group.director('alpha').pulse();
      return directors.some(
        ({ name, ready, because }) =>
          name === 'gamma' && ready === false && because === 'maintenance standby',
      );
    });
  });
});
