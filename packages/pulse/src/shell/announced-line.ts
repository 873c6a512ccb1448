import { monotonicNowMs } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { type BeatNames, type BeatSession, newKeyAgreement } from '@piranha/protocol/beat';
import { Announcer } from '../core/announcer.js';
import { beatsCount } from '../core/beats-count.js';
import { AgreedKeys } from './agreed-keys.js';
import { beatKeys, type LoadedBeat, type LoadedSettings } from './load-settings.js';

type AnnouncedSettings = Pick<LoadedSettings, 'configuration' | 'names' | 'beat'>;

/** Speaks with a partner without a key file: the key that both agree on, and whether words or beats of the partner count. */
export class AnnouncedLine {
  private announcer: Announcer | undefined;
  private readonly keys: AgreedKeys;
  private isLoaded = false;
  /** What the log was told last. */
  private wereProven = false;

  /** @param file where what was agreed on is kept */
  constructor(
    private readonly log: Pick<EventLog, 'log'>,
    file: string,
  ) {
    this.keys = new AgreedKeys(file, (problem) => log.log('PULSE_KEY_UNKEPT', { problem }));
  }

  /** What beats are spoken by; undefined where nothing was agreed on, or nothing is announced. */
  beat({ configuration, names, beat }: AnnouncedSettings): LoadedBeat | undefined {
    const announce = configuration.heartbeatAnnounce;
    if (announce === undefined || beat !== undefined) {
      this.announcer = undefined;
      return undefined;
    }
    this.announcer ??= new Announcer(newKeyAgreement());
    if (!this.isLoaded) this.keys.load();
    this.isLoaded = true;
    return this.beatOf(names, announce.encrypt);
  }

  /** True while this node announces. */
  get isOn(): boolean {
    return this.announcer !== undefined;
  }

  /** A word as it goes out. */
  announce(word: Buffer): Buffer {
    return this.announcer?.announce(word) ?? word;
  }

  /** Whether the partner's beats alone count. @param silentMs after which silence it counts as dead */
  beatsCount(session: BeatSession | undefined, silentMs: number): boolean {
    return beatsCount(session, silentMs, monotonicNowMs());
  }

  /**
   * A word came that counts. The log is told when words alone have kept the partner alive, not of each beat that is lost.
   * @param silentMs after which silence it would be dead
   * @returns whether another key than before is in use from now on
   */
  heardWord(datagram: Buffer, session: BeatSession | undefined, silentMs: number): boolean {
    if (session !== undefined && monotonicNowMs() - session.heardMs >= silentMs) this.tell(false);
    const key = this.announcer?.hear(datagram);
    if (key === undefined) return false;
    this.log.log('PULSE_KEY_AGREED', { keyId: key.id });
    this.keys.add(key);
    return true;
  }

  /** A beat came that counts. */
  heardBeat(): void {
    this.tell(true);
  }

  private tell(areProven: boolean): void {
    if (areProven === this.wereProven) return;
    this.wereProven = areProven;
    this.log.log(areProven ? 'PULSE_BEATS_COUNT' : 'PULSE_WORDS_COUNT');
  }

  private beatOf(names: BeatNames, encrypt: boolean): LoadedBeat | undefined {
    const { ring, file } = this.keys;
    return ring && { names, keyFile: file, keys: beatKeys(ring, encrypt), ring };
  }
}
