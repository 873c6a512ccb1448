import {
  type Beat,
  BeatCrypto,
  type BeatKeyRing,
  type BeatSession,
  type BeatSessions,
  bootsToEcho,
  createBeatSessions,
  newBootId,
  type ReceivedVerdict,
  receiveBeat,
  sealBeat,
} from '@piranha/protocol/beat';

export type Outcome = ReceivedVerdict['type'];

/** One side of a pair, from the beat to the datagram and back, without a network and with a clock of its own. */
export class Speaker {
  private readonly crypto: BeatCrypto;
  private boot = newBootId();
  private sequence = 0;
  private sessions: BeatSessions;

  constructor(
    private readonly name: string,
    private readonly peer: string,
    private readonly ring: BeatKeyRing,
    private readonly sealed: boolean,
  ) {
    this.crypto = new BeatCrypto(ring);
    this.sessions = this.begin();
  }

  private begin(): BeatSessions {
    return createBeatSessions({ node: this.name, boot: this.boot }, [this.peer]);
  }

  /** Begins another life. */
  restart(): void {
    this.boot = newBootId();
    this.sequence = 0;
    this.sessions = this.begin();
  }

  get session(): BeatSession | undefined {
    return this.sessions.peers.get(this.peer)?.session;
  }

  /** The next beat, as a pair with two paths and one group sends it. */
  beat(nowMs: number): Beat {
    this.sequence += 1;
    const boots = bootsToEcho(this.sessions, this.peer, this.sequence, nowMs);
    const paths = [
      { name: 'public', ageMs: 3 },
      { name: 'private', ageMs: 4 },
    ];
    return {
      node: this.name,
      keepaliveMs: 100,
      deadtimeMs: 361,
      priority: 100,
      groups: [{ name: 'main', duty: 'active' }],
      readiness: {
        tableLoaded: true,
        firstVerdicts: true,
        listenedPercent: 98,
        serversUp: 12,
        serversTotal: 12,
      },
      configuration: { hash: '0123456789abcdef', serial: 42 },
      reason: 'the partner was silent on both paths',
      hears: boots.length === 0 ? [] : [{ node: this.peer, boots, paths }],
      path: { name: 'public', sent: this.sequence },
    };
  }

  /** The datagram of a beat that this life has just made. */
  seal(beat: Beat): Buffer {
    const header = { keyId: this.ring.sendId, boot: this.boot, sequence: this.sequence, sealed: this.sealed };
    const sealed = sealBeat(this.crypto, header, beat);
    if (sealed.type === 'refused') throw new Error(sealed.reason);
    return sealed.packet;
  }

  /** Takes in whatever came. */
  receive(datagram: Buffer, nowMs: number): Outcome {
    const { state, verdict } = receiveBeat(this.sessions, this.crypto, datagram, this.sequence, nowMs);
    this.sessions = state;
    return verdict.type;
  }
}
