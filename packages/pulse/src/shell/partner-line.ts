import { monotonicNowMs, UserError } from '@piranha/common';
import type { EventFields, EventId, EventLog } from '@piranha/events';
import {
  decodeHeartbeat,
  type HeartbeatStatus,
  type HeartbeatWord,
  type PathStatus,
  type StoodIn,
} from '@piranha/protocol';
import { type Beat, type BeatSession, isEnvelope, newBootId } from '@piranha/protocol/beat';
import { beatSerial } from '../core/beat-content.js';
import { type BeatDrop, BeatDrops, type OtherDrop } from '../core/beat-drops.js';
import { beatStatus } from '../core/beat-status.js';
import { type BeatContent, BeatVoice } from '../core/beat-voice.js';
import { wordOfBeat } from '../core/beat-words.js';
import { ConfigurationWatch } from '../core/configuration-watch.js';
import { directorList, requireSameDirectors } from '../core/director-list.js';
import type { Times } from '../core/pair-times.js';
import type { Beat as MeasuredBeat } from '../core/path-tracker.js';
import type { NodeView } from '../core/readiness.js';
import type { HeartbeatPath } from '../core/settings.js';
import type { AnnouncedLine } from './announced-line.js';
import { HeartbeatSockets } from './heartbeat-sockets.js';
import type { LoadedBeat, LoadedSettings } from './load-settings.js';

/** Least time between two answers of a process that only listens, ms. */
const LISTENING_ANSWER_GAP_MS = 10;

/** Something proven that came by a path. */
export interface HeardOnLine {
  /** Undefined: it says nothing new about the addresses. */
  readonly word: HeartbeatWord | undefined;
  readonly numbered?: MeasuredBeat['numbered'];
  /** Undefined with the original's words. */
  readonly beat?: Beat;
}

export interface LineHandlers {
  readonly onHeard: (path: HeartbeatPath, heard: HeardOnLine) => void;
  /** A beat should go out now, out of turn. */
  readonly onAnswer: () => void;
  /** True while nothing is said in turn, so that only answers bring a session about. */
  readonly isListening: () => boolean;
  /** After which silence the partner counts as dead, ms. */
  readonly silenceMs: () => number;
  /** What the next beat says. @param asking a group whose release the partner is asked for */
  readonly content: (word: HeartbeatWord | undefined, asking?: string) => BeatContent;
}

type Line = Pick<LoadedSettings, 'paths' | 'configuration' | 'names' | 'beat' | 'hash'>;

/**
 * How the partner is spoken to: by the original's words, with a key file by beats, of which only proven ones count, or by both
 * where a key is agreed on.
 */
export class PartnerLine {
  private sockets: HeartbeatSockets | undefined;
  private voice: BeatVoice | undefined;
  private line: Line | undefined;
  /** By what beats are spoken. */
  private beat: LoadedBeat | undefined;
  private keysTaken = 0;
  private answeredMs = Number.NEGATIVE_INFINITY;
  private readonly drops = new BeatDrops();
  /** By director. */
  private readonly files = new Map<string, ConfigurationWatch>();

  constructor(
    private readonly log: EventLog,
    private readonly handlers: LineHandlers,
    private readonly announced: AnnouncedLine,
  ) {}

  /** Binds the sockets. @throws UserError `PULSE_BIND_FAILED` */
  async open(line: Line): Promise<void> {
    this.take(line);
    this.sockets = await this.openSockets(line);
  }

  /**
   * Refuses a reload by which another protocol would be spoken to a partner that is there.
   * @throws UserError `PULSE_PROTOCOL_CHANGE`, `PULSE_DIRECTORS_CHANGE` while the partner is heard: neither would believe
   * the other any more, and both would serve
   */
  requireSameProtocol(next: Line, partnerHeard: boolean): void {
    if (!partnerHeard || next.paths.length === 0) return;
    const hint =
      'stop pulse on every standby director, reload here, then start it there with the same lvs.cf';
    if (this.line !== undefined) requireSameDirectors(directorList(this.line), directorList(next), hint);
    if ((this.line?.beat === undefined) === (next.beat === undefined)) return;
    throw new UserError('heartbeat_key cannot come or go while the partner is heard: both would serve', {
      code: 'PULSE_PROTOCOL_CHANGE',
      hint: 'stop pulse on the standby director, reload here, then start it there with the same lvs.cf',
    });
  }

  /** Goes on with other paths or keys. @throws UserError `PULSE_BIND_FAILED`; then everything is as before */
  async exchange(next: Line): Promise<void> {
    const { line } = this;
    const same =
      JSON.stringify([next.paths, next.configuration.heartbeatPort]) ===
      JSON.stringify([line?.paths, line?.configuration.heartbeatPort]);
    if (!same) {
      this.sockets?.close();
      this.sockets = undefined;
      try {
        this.sockets = await this.openSockets(next);
      } catch (error) {
        if (line !== undefined) this.sockets = await this.openSockets(line);
        throw error;
      }
    }
    this.take(next);
  }

  /** Says a word on every path; without one, which only beats can, a session is opened and nothing else is said. */
  send(word: HeartbeatWord | undefined, asking?: string): void {
    const { voice, sockets, handlers, announced } = this;
    if (voice !== undefined) {
      const content = handlers.content(word, asking);
      sockets?.sendEach(({ name }, sent) => voice.say(content, { name, sent }, monotonicNowMs()));
    }
    if (word === undefined || this.isKeyed) return;
    sockets?.send(word, (datagram) => announced.announce(datagram), voice !== undefined);
  }

  /** The guardian has spoken in this life while this process stood still. */
  stoodIn({ boot, sequence }: StoodIn): void {
    if (this.voice?.boot === boot && this.voice.leapOver(sequence)) this.handlers.onAnswer();
  }

  counters(): readonly PathStatus[] {
    return this.sockets?.counters() ?? [];
  }

  /** What a guardian must know to go on in this life; undefined with the original's words. */
  life() {
    const { voice, line, beat } = this;
    if (voice === undefined || line === undefined || beat === undefined) return undefined;
    const { session } = voice;
    const { peers } = beat.names;
    const lives = peers.map((node) => ({ node, session: lifeOf(voice.sessionOf(node)) }));
    return {
      node: beat.names.node,
      partner: peers[0] ?? '',
      keyFile: beat.keyFile,
      keysTaken: this.keysTaken,
      encrypt: beat.keys.encrypt,
      ...(this.isKeyed ? {} : { announced: true }),
      boot: voice.boot,
      sequence: voice.sequence,
      session: lifeOf(session),
      ...(peers.length > 1 ? { others: lives, directors: directorList(line) } : {}),
    };
  }

  /** What the partner, or one of several directors, said of itself last; undefined with the original's words. */
  partnerView(name?: string): NodeView | undefined {
    return this.partnerBeat(name);
  }

  /** The partner's newest beat; undefined with the original's words, and while those count. */
  partnerBeat(name?: string): Beat | undefined {
    if (!this.isKeyed && !this.believesBeats) return undefined;
    return name === undefined ? this.voice?.session?.beat : this.voice?.sessionOf(name)?.beat;
  }

  /** The times that the beats of the others show; none with the original's words. */
  shownTimes(): readonly Times[] {
    return this.voice?.shownTimes(monotonicNowMs()) ?? [];
  }

  /** The life in which the partner is heard, if it was within `limitMs`. */
  partnerLife(limitMs: number): string | undefined {
    const session = this.voice?.session;
    return session !== undefined && monotonicNowMs() - session.heardMs <= limitMs ? session.boot : undefined;
  }

  /** The protocol, and what it brought to light, for status. */
  status(): HeartbeatStatus {
    const { voice, line, beat } = this;
    if (voice === undefined || line === undefined || beat === undefined) {
      const announcing = this.announced.isOn ? { announcing: true } : {};
      return { protocol: 'words', dropped: this.drops.totals(), ...announcing };
    }
    const own = {
      node: beat.names.node,
      protocol: this.isKeyed ? ('authenticated' as const) : ('announced' as const),
      keyId: beat.keys.sendId,
      encrypted: beat.keys.encrypt,
      configuration: configurationOf(line),
      paths: line.paths.map(({ name }) => name),
      dropped: this.drops.totals(),
    };
    // Of several directors status says more elsewhere.
    const session = beat.names.peers.length > 1 ? undefined : voice.session;
    const status = beatStatus(own, session, monotonicNowMs());
    return this.isKeyed || this.believesBeats ? status : { ...status, wordsCount: true };
  }

  close(): void {
    this.sockets?.close();
  }

  private take(line: Line): void {
    const before = this.beat?.names;
    this.line = line;
    this.keysTaken += 1;
    const beat = line.beat ?? this.announced.beat(line);
    this.beat = beat;
    if (beat === undefined) this.voice = undefined;
    else if (
      this.voice !== undefined &&
      before !== undefined &&
      namesText(before) === namesText(beat.names)
    ) {
      this.voice.useKeys(beat.keys);
    } else {
      const { node, peers } = beat.names;
      this.voice = new BeatVoice({ node, boot: newBootId() }, peers, beat.keys);
    }
  }

  private openSockets(line: Line): Promise<HeartbeatSockets> {
    const { log } = this;
    return HeartbeatSockets.open(line.paths, line.configuration.heartbeatPort, {
      onDatagram: (path, datagram, address) => this.received(path, datagram, address),
      onSendChange: (path, problem) => {
        if (problem === undefined) log.log('PULSE_SEND_WORKS', { path: path.name });
        else log.log('PULSE_SEND_FAILED', { path: path.name, problem });
      },
    });
  }

  /** True where only the key file's beats are spoken. */
  private get isKeyed(): boolean {
    return this.line?.beat !== undefined;
  }

  /** Whether the partner's beats count, and not its words. */
  private get believesBeats(): boolean {
    return this.announced.beatsCount(this.voice?.session, this.handlers.silenceMs());
  }

  /** @returns true for a word that goes beside a beat */
  private received(path: HeartbeatPath, datagram: Buffer, address: string): boolean {
    const { voice } = this;
    if (!this.line?.paths.some(({ partner }) => partner === address)) {
      this.tellDrop('PULSE_STRANGER', 'stranger', { path: path.name, address });
    } else if (voice !== undefined && (this.isKeyed || isEnvelope(datagram))) {
      this.hearBeat(voice, path, datagram, address);
    } else if (voice !== undefined && this.believesBeats) return true;
    else if (this.announced.isOn && isEnvelope(datagram)) {
      // Of a partner that has agreed already, or still knows what was agreed before.
      this.drops.count('unknown key', monotonicNowMs());
    } else this.hearWord(path, datagram, address);
    return false;
  }

  private hearWord(path: HeartbeatPath, datagram: Buffer, address: string): void {
    const verdict = decodeHeartbeat(datagram);
    if (verdict.type === 'bad length') {
      this.tellDrop('PULSE_BAD_LENGTH', 'bad length', { path: path.name, address, bytes: verdict.bytes });
    } else if (verdict.type === 'unknown word') {
      const word = `0x${verdict.value.toString(16)}`;
      this.tellDrop('PULSE_BAD_WORD', 'unknown word', { path: path.name, address, word });
    } else {
      this.log.log('PULSE_RECEIVED', { word: verdict.word, path: path.name });
      this.sockets?.answerIn(verdict.byteOrder);
      const isNewKey = this.hearAnnouncement(datagram);
      if (isNewKey && this.line !== undefined) this.take(this.line);
      this.handlers.onHeard(path, { word: verdict.word });
      // The partner agrees as soon as it hears that it was heard.
      if (isNewKey) this.handlers.onAnswer();
    }
  }

  /** @returns whether another key than before is in use from now on */
  private hearAnnouncement(datagram: Buffer): boolean {
    const { announced, voice, handlers } = this;
    return announced.isOn && announced.heardWord(datagram, voice?.session, handlers.silenceMs());
  }

  private hearBeat(voice: BeatVoice, path: HeartbeatPath, datagram: Buffer, address: string): void {
    const outcome = voice.hear(datagram, path.name, monotonicNowMs(), path.director);
    if (outcome.type === 'dropped') this.dropped(outcome.reason, outcome.detail, path, address);
    else {
      const { beat, isNewest, boot } = outcome;
      const word = isNewest ? wordOfBeat(beat) : undefined;
      if (isNewest) this.compareFiles(beat, path.director);
      if (!this.isKeyed) this.announced.heardBeat();
      this.log.log('PULSE_RECEIVED', { word: word ?? 'no word', path: path.name });
      this.handlers.onHeard(path, { word, numbered: numberedOf(beat, boot), beat });
    }
    const unproven = outcome.type === 'dropped' && outcome.reason === 'unproven';
    if (outcome.answer || (unproven && this.mayAnswerListening())) this.handlers.onAnswer();
  }

  private mayAnswerListening(): boolean {
    const nowMs = monotonicNowMs();
    if (!this.handlers.isListening() || nowMs - this.answeredMs < LISTENING_ANSWER_GAP_MS) return false;
    this.answeredMs = nowMs;
    return true;
  }

  private compareFiles({ node, configuration: partner }: Beat, director: string | undefined): void {
    if (this.line === undefined) return;
    const own = configurationOf(this.line);
    const watch = this.files.get(node) ?? new ConfigurationWatch();
    this.files.set(node, watch);
    const news = watch.compare(own.hash, partner.hash);
    const fields = {
      serial: own.serial,
      partnerSerial: partner.serial,
      ...(director === undefined ? {} : { director }),
    };
    if (news === 'differs') this.log.log('PULSE_CONFIG_DIFFERS', fields);
    if (news === 'alike') this.log.log('PULSE_CONFIG_ALIKE', fields);
  }

  private dropped(reason: BeatDrop, detail: string | undefined, path: HeartbeatPath, address: string): void {
    this.tellDrop('PULSE_BEAT_DROPPED', reason, { reason: detail ?? reason, path: path.name, address });
  }

  private tellDrop(event: EventId, reason: BeatDrop | OtherDrop, fields: EventFields): void {
    const count = this.drops.count(reason, monotonicNowMs());
    if (count !== undefined) this.log.log(event, { ...fields, count });
  }
}

function namesText({ node, peers }: Line['names']): string {
  return JSON.stringify([node, ...peers]);
}

function lifeOf(session: BeatSession | undefined) {
  return session && { boot: session.boot, sequence: session.window.newest };
}

/** What beats tell of the lvs.cf in use. */
export function configurationOf({ hash, configuration }: Pick<Line, 'hash' | 'configuration'>) {
  return { hash, serial: beatSerial(configuration.serialNumber) };
}

/** Guardian and worker number their beats on a path each for itself. */
function numberedOf({ path, standIn }: Beat, boot: string): MeasuredBeat['numbered'] {
  if (path === undefined) return undefined;
  return { life: standIn === true ? `${boot} guardian` : boot, sequence: path.sent };
}
