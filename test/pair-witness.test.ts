import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { WitnessHost } from './support/witness-host.js';

/** Longer than a takeover with all that it waits for, ms. */
const NO_TAKEOVER_MS = 4_000;

/** Position of an event in what a director tells, the last one of its kind. */
async function placeOf(director: Director, event: string): Promise<number> {
  return (await director.events()).lastIndexOf(event);
}

async function enough(director: Director): Promise<boolean> {
  return (await director.pulse()).witness?.isEnough === true;
}

describe('a pair with a witness and witness_policy = require', () => {
  let pair: Pair;
  let witness: WitnessHost;

  beforeAll(async () => {
    pair = new Pair({
      lines: ({ witness: host, witnessPort }) => [
        `witness = tcp ${host}:${witnessPort}`,
        'witness_policy = require',
      ],
    });
    witness = new WitnessHost(pair.layout.witness, pair.layout.witnessPort);
    await witness.up();
    await pair.start();
  });
  afterAll(async () => {
    await pair?.stop();
    await witness?.down();
  });

  /** Both serve their part and reach the witness. */
  async function calm() {
    const both = await pair.settled();
    for (const director of [both.active, both.standby]) {
      await pair.waitFor(`the witness of the ${director.role}`, () => enough(director));
    }
    return both;
  }

  it('partner dead, witness there: the standby takes over', async () => {
    const { active, standby } = await calm();
    const beginMs = performance.now();
    await active.crash();
    await pair.waitFor('a takeover', async () => (await standby.pulse()).active);
    console.info(`takeover with a witness: ${Math.round(performance.now() - beginMs)} ms`);
    expect(await pair.holders()).toEqual([standby.role]);
    const events = await standby.events();
    expect(events).toContain('PULSE_WITNESS_AGREES');
    expect(events.lastIndexOf('PULSE_PARTNER_DEAD')).toBeGreaterThan(events.indexOf('PULSE_WITNESS_AGREES'));
    expect((await standby.pulse()).witness).toMatchObject({ policy: 'require', isEnough: true });
    active.start();
    expect((await pair.settled()).active.role).toBe(standby.role);
  });

  it('witness gone, partner there: nothing happens but a warning', async () => {
    const { active, standby } = await calm();
    await witness.down();
    for (const director of [active, standby]) {
      await pair.waitFor('the loss', async () => !(await enough(director)));
    }
    await pause(NO_TAKEOVER_MS);
    expect(await pair.holders()).toEqual([active.role]);
    expect(await active.events()).toContain('PULSE_WITNESS_LOST');
    expect(await active.events()).not.toContain('PULSE_WITNESS_LETS_GO');
    await witness.up();
    await calm();
  });

  it('partner dead, witness gone: no takeover, and it says why; witness back: a takeover', async () => {
    const { active, standby } = await calm();
    const takes = (await standby.events()).filter((event) => event === 'PULSE_PARTNER_DEAD').length;
    await witness.down();
    await pair.waitFor('the loss', async () => !(await enough(standby)));
    await active.crash();
    await pair.waitFor('the refusal', async () => (await standby.events()).includes('PULSE_WITNESS_REFUSED'));
    await pause(NO_TAKEOVER_MS);
    expect(await pair.holders()).toEqual([]);
    const status = await standby.pulse();
    expect(status).toMatchObject({ active: false, state: 'standby', partner: 'silent' });
    expect(status.reason).toContain('no witness, no takeover');
    expect(status.witness?.text).toContain('no takeover');
    expect(status.history.filter(({ event }) => event === 'PULSE_WITNESS_REFUSED')).toHaveLength(1);
    expect(readFileSync(standby.logFile, 'utf8')).toContain('not taking over: the witness does not answer');

    await witness.up();
    await pair.waitFor('a takeover', async () => (await standby.pulse()).active);
    expect(await pair.holders()).toEqual([standby.role]);
    const after = (await standby.events()).filter((event) => event === 'PULSE_PARTNER_DEAD').length;
    expect(after).toBe(takes + 1);
    expect((await standby.pulse()).reason).not.toContain('no takeover');
  });

  it('then alone: without the witness the holder lets go, and takes again when it is back', async () => {
    const [role] = await pair.holders();
    const holder = [pair.primary, pair.backup].find((director) => director.role === role);
    if (holder === undefined) throw new Error('nobody serves');
    await witness.down();
    await pair.waitFor('the end of its service', async () => !(await holder.pulse()).active);
    await pair.waitFor('no address', async () => (await pair.holders()).length === 0);
    expect(await holder.events()).toContain('PULSE_WITNESS_LETS_GO');
    await witness.up();
    await pair.waitFor('its service again', async () => (await holder.pulse()).active);
    expect(await pair.holders()).toEqual([holder.role]);
    pair.revive();
    expect((await pair.settled()).active.role).toBe(holder.role);
  });
});

describe('a pair with a fence command', () => {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-fence-'));
  const isOff = join(directory, 'is-off');
  const calls = join(directory, 'calls');
  let pair: Pair;

  beforeAll(async () => {
    const command = join(directory, 'power-off');
    const text = `#!/bin/sh
echo "$PIRANHA_PARTNER $PIRANHA_ATTEMPT $1" >>${calls}
test -e ${isOff}
`;
    writeFileSync(command, text);
    chmodSync(command, 0o755);
    pair = new Pair({ lines: () => [`fence_cmd = "${command} --now"`] });
    await pair.start();
  });
  afterAll(async () => {
    await pair?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('runs it before it takes; a failure delays the takeover, a success lets it go on', async () => {
    const { active, standby } = await pair.settled();
    // A director that started long before its partner has tried to turn that off.
    rmSync(calls, { force: true });
    await active.crash();
    await pair.waitFor(
      'two failures',
      () => existsSync(calls) && readFileSync(calls, 'utf8').split('\n').length > 2,
    );
    expect(await pair.holders()).toEqual([]);
    expect(await standby.events()).toContain('PULSE_FENCE_BLOCKS');
    expect((await standby.pulse()).reason).toContain('no takeover until it succeeds');
    writeFileSync(isOff, '');
    await pair.waitFor('a takeover', async () => (await standby.pulse()).active);
    expect(await pair.holders()).toEqual([standby.role]);
    const done = await placeOf(standby, 'PULSE_FENCE_DONE');
    expect(done).toBeGreaterThan(await placeOf(standby, 'PULSE_FENCE_FAILED'));
    expect(await placeOf(standby, 'PULSE_PARTNER_DEAD')).toBeGreaterThan(done);
    const partner = active.role === 'primary' ? pair.layout.primary : pair.layout.backup;
    expect(readFileSync(calls, 'utf8')).toMatch(new RegExp(`^${partner} 1 --now\n${partner} 2 --now\n`));
  });
});
