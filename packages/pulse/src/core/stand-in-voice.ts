import type { HeartbeatWord, PulseAlive, PulseAliveBeat, StoodIn } from '@piranha/protocol';
import { type Beat, receiveBeat, STAND_IN_LEAP } from '@piranha/protocol/beat';
import { type BeatContent, type BeatKeys, BeatVoice } from './beat-voice.js';
import { groupDuty, groupsOf, wordOfBeat } from './beat-words.js';
import type { GroupWord } from './guardian.js';

/** What a guardian says: of the main group, and of those beside it. */
export interface SaidWords {
  readonly word: HeartbeatWord;
  readonly groups?: readonly GroupWord[] | undefined;
}

/** What a guardian hears: the partner's newest word, if it is proven, and that of each group of the report. */
export interface HeardStandIn {
  readonly word: HeartbeatWord | undefined;
  readonly groups: readonly GroupWord[];
  readonly answer: boolean;
}

/**
 * Beats in the life of a worker that died or hangs: with its boot id, far above its numbers, so that the partner's session
 * goes on. Changed in place, as each number is used once.
 */
export class StandInVoice {
  private voice: BeatVoice | undefined;
  /** The report for which `voice` was made ready. */
  private readyFor: PulseAliveBeat | undefined;
  private readonly sent = new Map<string, number>();

  /** @param receive by what it tells whom to believe */
  constructor(
    private keys: BeatKeys,
    private readonly receive: typeof receiveBeat = receiveBeat,
  ) {}

  useKeys(keys: BeatKeys): void {
    this.keys = keys;
    this.voice?.useKeys(keys);
  }

  /** A worker reported. Gives up to which number its life was used here, if it is not above that. */
  reported({ boot, sequence }: PulseAliveBeat): StoodIn | undefined {
    const { voice } = this;
    if (voice === undefined || voice.boot !== boot || voice.sequence < sequence) return undefined;
    return { boot, sequence: voice.sequence };
  }

  /**
   * The next beat for a path.
   * @param beat that of the newest report
   * @param to address at its other end: of several directors each has paths of the same names
   */
  say(plan: PulseAlive, beat: PulseAliveBeat, said: SaidWords, path: string, nowMs: number, to = ''): Buffer {
    const key = `${path} ${to}`;
    const sent = (this.sent.get(key) ?? 0) + 1;
    this.sent.set(key, sent);
    const named = (said.groups ?? []).map(({ name, word }) => groupDuty(name, word, 'standby'));
    const content = contentOf(plan, beat, groupsOf(said.word, 'standby', named));
    return this.voiceFor(plan, beat, nowMs).say(content, { name: path, sent }, nowMs);
  }

  /** Takes in what came on a path while the worker is down: the partner's newest word, if it is proven. */
  hear(plan: PulseAlive, beat: PulseAliveBeat, path: string, datagram: Buffer, nowMs: number): HeardStandIn {
    const outcome = this.voiceFor(plan, beat, nowMs).hear(datagram, path, nowMs);
    const isWord = outcome.type === 'counts' && outcome.isNewest;
    if (!isWord) return { word: undefined, groups: [], answer: outcome.answer };
    const groups = (plan.groups ?? []).flatMap(({ name }) => {
      const word = wordOfBeat(outcome.beat, name);
      return word === undefined ? [] : [{ name, word }];
    });
    return { word: wordOfBeat(outcome.beat), groups, answer: outcome.answer };
  }

  /** The voice of the worker's life, made ready for each report, but never below a number that was used. */
  private voiceFor(plan: PulseAlive, beat: PulseAliveBeat, nowMs: number): BeatVoice {
    if (this.voice === undefined || this.voice.boot !== beat.boot) {
      const { node, boot, sequence } = beat;
      const others = othersOf(beat).map((other) => other.node);
      const first = sequence + STAND_IN_LEAP;
      this.voice = new BeatVoice({ node, boot }, others, this.keys, first, this.receive);
      this.sent.clear();
    }
    if (this.readyFor !== beat) {
      this.readyFor = beat;
      this.voice.leapOver(beat.sequence);
      for (const { node, session } of othersOf(beat)) {
        const silent = { ...contentOf(plan, beat, []), node, hears: [] };
        if (session !== undefined) this.voice.resume(session.boot, session.sequence, silent, nowMs);
      }
    }
    return this.voice;
  }
}

/** Whom the worker spoke to, and in which of their lives it heard them. */
function othersOf({ others, partner, session }: PulseAliveBeat): NonNullable<PulseAliveBeat['others']> {
  return others ?? [{ node: partner, session }];
}

function contentOf(plan: PulseAlive, beat: PulseAliveBeat, groups: Beat['groups']): BeatContent {
  return {
    keepaliveMs: plan.keepaliveMs,
    deadtimeMs: plan.deadtimeMs,
    priority: beat.priority,
    groups,
    readiness: beat.readiness,
    configuration: beat.configuration,
    reason: 'the guardian speaks for a pulse that is silent',
    standIn: true,
  };
}
