import { errorText, monotonicNowMs } from '@piranha/common';
import type { HeartbeatWord, PulseAlive, PulseAliveBeat, StoodIn } from '@piranha/protocol';
import type { Beat } from '@piranha/protocol/beat';
import type { BeatContent, BeatKeys, BeatVoice } from '../core/beat-voice.js';

/** What the guardian loads once it is told of keys: without them it stays small. */
interface BeatParts {
  readonly keysOf: (file: string, encrypt: boolean) => BeatKeys;
  readonly newVoice: (beat: PulseAliveBeat, keys: BeatKeys) => BeatVoice;
  readonly wordOf: (beat: Beat) => HeartbeatWord | undefined;
  readonly groupsOf: (word: HeartbeatWord) => Beat['groups'];
}

async function loadParts(): Promise<BeatParts> {
  const [protocol, voice, words] = await Promise.all([
    import('@piranha/protocol/beat'),
    import('../core/beat-voice.js'),
    import('../core/beat-words.js'),
  ]);
  return {
    keysOf: (file, encrypt) => {
      const ring = protocol.loadBeatKeys(file);
      return { sealer: new protocol.BeatCrypto(ring), sendId: ring.sendId, encrypt };
    },
    newVoice: ({ node, boot, partner, sequence }, keys) =>
      new voice.BeatVoice({ node, boot }, partner, keys, sequence + protocol.STAND_IN_LEAP),
    wordOf: words.wordOfBeat,
    groupsOf: (word) => words.groupsOf(word, 'standby'),
  };
}

/**
 * Beats in the life of a worker that died or hangs: with its boot id, far above its numbers, so that the partner's session
 * goes on. The keys are read as soon as the worker reports that it took them, not in the hour of need.
 */
export class BeatStandIn {
  private parts: BeatParts | undefined;
  private loading: Promise<void> | undefined;
  private keys: BeatKeys | undefined;
  /** Which keys are in use. */
  private taken = '';
  private beat: PulseAliveBeat | undefined;
  private voice: BeatVoice | undefined;
  /** The report for which `voice` was made ready. */
  private readyFor: PulseAliveBeat | undefined;
  private readonly sent = new Map<string, number>();

  constructor(private readonly onProblem: (problem: string) => void) {}

  /** A worker reported. Gives up to which number this process has spoken in its life, if the worker is not above it. */
  reported(beat: PulseAliveBeat): StoodIn | undefined {
    this.beat = beat;
    if (this.parts === undefined) this.loading ??= this.load();
    else this.takeKeys(this.parts, beat);
    const { voice } = this;
    if (voice === undefined || voice.boot !== beat.boot || voice.sequence < beat.sequence) return undefined;
    return { boot: beat.boot, sequence: voice.sequence };
  }

  /** The next beat for a path; undefined as long as there are no keys. */
  say(plan: PulseAlive, beat: PulseAliveBeat, word: HeartbeatWord, path: string): Buffer | undefined {
    const { parts } = this;
    const voice = this.voiceFor(plan, beat);
    if (parts === undefined || voice === undefined) return undefined;
    const sent = (this.sent.get(path) ?? 0) + 1;
    this.sent.set(path, sent);
    const content = contentOf(plan, beat, parts.groupsOf(word));
    return voice.say(content, { name: path, sent }, monotonicNowMs());
  }

  /** Takes in what came on a path while the worker is down: the partner's newest word, if it is proven. */
  hear(
    plan: PulseAlive,
    beat: PulseAliveBeat,
    path: string,
    datagram: Buffer,
  ): { readonly word: HeartbeatWord | undefined; readonly answer: boolean } {
    const outcome = this.voiceFor(plan, beat)?.hear(datagram, path, monotonicNowMs());
    if (outcome === undefined) return { word: undefined, answer: false };
    const { answer } = outcome;
    const isWord = outcome.type === 'counts' && outcome.isNewest;
    return { word: isWord ? this.parts?.wordOf(outcome.beat) : undefined, answer };
  }

  private async load(): Promise<void> {
    this.parts = await loadParts();
    if (this.beat !== undefined) this.takeKeys(this.parts, this.beat);
  }

  private takeKeys(parts: BeatParts, { keyFile, encrypt, boot, keysTaken }: PulseAliveBeat): void {
    const wanted = `${boot} ${keysTaken} ${keyFile}`;
    if (wanted === this.taken) return;
    this.taken = wanted;
    try {
      this.keys = parts.keysOf(keyFile, encrypt);
      this.voice?.useKeys(this.keys);
    } catch (error) {
      this.onProblem(errorText(error));
    }
  }

  /** The voice of the worker's life; made anew with each report, but never below a number that was used. */
  private voiceFor(plan: PulseAlive, beat: PulseAliveBeat): BeatVoice | undefined {
    const { parts, keys } = this;
    if (parts === undefined || keys === undefined) return undefined;
    if (this.voice === undefined || this.voice.boot !== beat.boot) {
      this.voice = parts.newVoice(beat, keys);
      this.sent.clear();
    }
    if (this.readyFor !== beat) {
      this.voice.leapOver(beat.sequence);
      const { session } = beat;
      const silent = { ...contentOf(plan, beat, []), node: beat.partner, hears: [] };
      if (session !== undefined) {
        this.voice.resume(session.boot, session.sequence, silent, monotonicNowMs());
      }
      this.readyFor = beat;
    }
    return this.voice;
  }
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
