import { errorText, monotonicNowMs } from '@piranha/common';
import type { PulseAlive, PulseAliveBeat, StoodIn } from '@piranha/protocol';
import type { BeatKeys } from '../core/beat-voice.js';
import type { SaidWords, StandInVoice } from '../core/stand-in-voice.js';

/** What the guardian loads once it is told of keys: without them it stays small. */
interface BeatParts {
  readonly keysOf: (file: string, encrypt: boolean) => BeatKeys;
  readonly newVoice: (keys: BeatKeys) => StandInVoice;
}

async function loadParts(): Promise<BeatParts> {
  const [{ BeatCrypto, loadBeatKeys }, { StandInVoice }] = await Promise.all([
    import('@piranha/protocol/beat'),
    import('../core/stand-in-voice.js'),
  ]);
  return {
    keysOf: (file, encrypt) => {
      const ring = loadBeatKeys(file);
      return { sealer: new BeatCrypto(ring), sendId: ring.sendId, encrypt };
    },
    newVoice: (keys) => new StandInVoice(keys),
  };
}

/**
 * A stand-in's voice and its keys, which are read as soon as the worker reports that it took them, not in the hour of
 * need.
 */
export class BeatStandIn {
  private parts: BeatParts | undefined;
  private loading: Promise<void> | undefined;
  /** Which keys are in use. */
  private taken = '';
  private beat: PulseAliveBeat | undefined;
  private voice: StandInVoice | undefined;

  constructor(private readonly onProblem: (problem: string) => void) {}

  /** A worker reported. Gives up to which number this process has spoken in its life, if the worker is not above it. */
  reported(beat: PulseAliveBeat): StoodIn | undefined {
    this.beat = beat;
    if (this.parts === undefined) this.loading ??= this.load();
    else this.takeKeys(this.parts, beat);
    return this.voice?.reported(beat);
  }

  /** The next beat for a path; undefined as long as there are no keys. */
  say(plan: PulseAlive, beat: PulseAliveBeat, said: SaidWords, path: string, to = ''): Buffer | undefined {
    return this.voice?.say(plan, beat, said, path, monotonicNowMs(), to);
  }

  /** Takes in what came on a path while the worker is down: the partner's newest word, if it is proven. */
  hear(plan: PulseAlive, beat: PulseAliveBeat, path: string, datagram: Buffer) {
    const nothing = { word: undefined, groups: [], answer: false };
    return this.voice?.hear(plan, beat, path, datagram, monotonicNowMs()) ?? nothing;
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
      const keys = parts.keysOf(keyFile, encrypt);
      if (this.voice === undefined) this.voice = parts.newVoice(keys);
      else this.voice.useKeys(keys);
    } catch (error) {
      this.onProblem(errorText(error));
    }
  }
}
