import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeartbeatWord, PulseAlive, PulseAliveBeat } from '@piranha/protocol';
import { BeatCrypto, loadBeatKeys, newBeatKeyLine, openPacket } from '@piranha/protocol/beat';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BeatContent, BeatVoice } from '../../src/core/beat-voice.js';
import { groupsOf } from '../../src/core/beat-words.js';
import { BeatStandIn } from '../../src/guardian/beat-stand-in.js';
import { parsePulseAlive } from '../../src/guardian/plan-schema.js';
import { beatKeys } from '../../src/shell/load-settings.js';

const BOOT = 'a'.repeat(16);

let directory: string;
let keyFile: string;
let partner: BeatVoice;
let worker: BeatVoice;
let guardian: BeatStandIn;
const problems: string[] = [];

const READINESS = { tableLoaded: true, firstVerdicts: true, serversUp: 1, serversTotal: 2 };
const CONFIGURATION = { hash: '0'.repeat(16), serial: 3 };

function content(word: HeartbeatWord): BeatContent {
  return {
    keepaliveMs: 100,
    deadtimeMs: 400,
    priority: 100,
    groups: groupsOf(word, 'standby'),
    readiness: READINESS,
    configuration: CONFIGURATION,
    reason: '',
  };
}

/** What the worker reports now, as it arrives. */
function report(keysTaken = 1): PulseAlive & { readonly beat: PulseAliveBeat } {
  const { boot, sequence, session } = worker;
  const beat: PulseAliveBeat = {
    ...{ node: 'primary', partner: 'backup', keyFile, keysTaken, encrypt: true, boot, sequence },
    session: session && { boot: session.boot, sequence: session.window.newest },
    ...{ priority: 200, configuration: CONFIGURATION, readiness: READINESS },
  };
  const paths = [{ local: '127.0.0.1', partner: '127.0.0.2', name: 'public' }];
  const plan = { pid: 1, active: true, word: 'lvs running', keepaliveMs: 100, deadtimeMs: 400, port: 539 };
  const parsed = parsePulseAlive(JSON.parse(JSON.stringify({ ...plan, paths, beat })));
  if (parsed?.beat === undefined) throw new Error('the report is not taken');
  return { ...parsed, beat: parsed.beat };
}

const path = { name: 'public', sent: 1 };
const fromPartner = (word: HeartbeatWord) => partner.say(content(word), path, 0);
const heardByPartner = (packet: Buffer) => partner.hear(packet, 'public', 0);

function saidBy(plan: ReturnType<typeof report>, word: HeartbeatWord): Buffer {
  const packet = guardian.say(plan, plan.beat, { word }, 'public');
  if (packet === undefined) throw new Error('the guardian has no keys');
  return packet;
}

async function ready(): Promise<ReturnType<typeof report>> {
  const plan = report();
  guardian.reported(plan.beat);
  await vi.waitFor(() =>
    expect(guardian.say(plan, plan.beat, { word: 'lvs running' }, 'public')).toBeDefined(),
  );
  return plan;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'beat-stand-in-'));
  keyFile = join(directory, 'beat.keys');
  writeFileSync(keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
  const keys = beatKeys(loadBeatKeys(keyFile), true);
  partner = new BeatVoice({ node: 'backup', boot: 'b'.repeat(16) }, 'primary', keys);
  worker = new BeatVoice({ node: 'primary', boot: BOOT }, 'backup', keys);
  for (let turn = 0; turn < 4; turn += 1) {
    heardByPartner(worker.say(content('lvs running'), path, 0));
    worker.hear(fromPartner('lvs stopped'), 'public', 0);
  }
  problems.length = 0;
  guardian = new BeatStandIn((problem) => problems.push(problem));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a guardian with a key file', () => {
  it('is believed in the life of the worker, and says that it stands in', async () => {
    const plan = await ready();
    expect(heardByPartner(saidBy(plan, 'lvs running'))).toMatchObject({
      type: 'counts',
      isNewest: true,
      boot: BOOT,
      beat: { standIn: true, groups: [{ duty: 'active' }], readiness: READINESS },
    });
  });

  it('believes the partner at once, but no beat that the worker had heard', async () => {
    const had = fromPartner('lvs running');
    worker.hear(had, 'public', 0);
    const plan = await ready();
    expect(guardian.hear(plan, plan.beat, 'public', had).word).toBeUndefined();
    expect(guardian.hear(plan, plan.beat, 'private', fromPartner('lvs running')).word).toBeUndefined();
    expect(guardian.hear(plan, plan.beat, 'public', fromPartner('lvs running')).word).toBe('lvs running');
  });

  it('tells a worker that lives after all, and neither ever uses a number of the other', async () => {
    const sealer = new BeatCrypto(loadBeatKeys(keyFile));
    const numbers: number[] = [];
    const note = (packet: Buffer): Buffer => {
      const opened = openPacket(sealer, packet);
      if (opened.type === 'packet') numbers.push(opened.header.sequence);
      return packet;
    };
    await ready();
    for (let turn = 0; turn < 3; turn += 1) {
      const plan = report();
      for (let beat = 0; beat < 3; beat += 1) heardByPartner(note(saidBy(plan, 'lvs running')));
      const stoodIn = guardian.reported(report().beat);
      expect(stoodIn).toMatchObject({ boot: BOOT, sequence: numbers.at(-1) });
      // It stands in once more before the worker has reported its new numbers.
      heardByPartner(note(saidBy(plan, 'lvs running')));
      expect(worker.leapOver(stoodIn?.sequence ?? 0)).toBe(true);
      expect(heardByPartner(note(worker.say(content('lvs running'), path, 0)))).toMatchObject({
        isNewest: true,
      });
      expect(guardian.reported(report().beat)).toBeUndefined();
    }
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toHaveLength(15);
  });

  it('keeps its keys when the file broke since, and takes others only when the worker did', async () => {
    const plan = await ready();
    writeFileSync(keyFile, 'broken\n');
    guardian.reported(report().beat);
    expect(problems).toEqual([]);
    guardian.reported(report(2).beat);
    expect(problems).toEqual([expect.stringContaining(`${keyFile}:1:1`)]);
    expect(heardByPartner(saidBy(plan, 'lvs running'))).toMatchObject({ isNewest: true });
  });

  it('says nothing at all without keys: never a word that anybody could forge', () => {
    const plan = report();
    expect(guardian.say(plan, plan.beat, { word: 'lvs running' }, 'public')).toBeUndefined();
  });
});
