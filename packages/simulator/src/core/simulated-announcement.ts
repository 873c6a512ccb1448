import { decodeHeartbeat, encodeHeartbeat, type HeartbeatWord } from '@piranha/protocol';
import { isEnvelope } from '@piranha/protocol/beat';
import { Announcer } from '@piranha/pulse/machines';
import type { Packet } from './network.js';
import { drawnAgreement } from './simulated-keys.js';
import type { SimulatedNode } from './simulated-node.js';
import type { World } from './world.js';

/** As pulse keeps them: the newest key, and the one before it. */
const MOST_KEYS = 2;

/** What a simulated pulse announces, and agrees on with a partner that does too. */
export class SimulatedAnnouncement {
  private readonly announcer: Announcer;

  constructor(
    { random }: Pick<World, 'random'>,
    private readonly node: SimulatedNode,
  ) {
    this.announcer = new Announcer(drawnAgreement(random));
  }

  announce(word: HeartbeatWord): Buffer {
    return this.announcer.announce(encodeHeartbeat(word));
  }

  /** A word came that counts. @returns whether another key than before is in use from now on */
  hear(packet: Packet): boolean {
    const key = typeof packet === 'string' ? undefined : this.announcer.hear(packet);
    if (key === undefined) return false;
    const { node } = this;
    node.agreed = [...node.agreed.filter((id) => id !== key.id), key.id].slice(-MOST_KEYS);
    return true;
  }
}

/** Whether a packet is a word, with or without an announcement behind it. */
export function isWord(packet: Packet): boolean {
  return typeof packet === 'string' || !isEnvelope(packet);
}

/** The word of a packet; undefined where it has none. */
export function wordIn(packet: Packet): HeartbeatWord | undefined {
  if (typeof packet === 'string') return packet;
  const verdict = decodeHeartbeat(packet);
  return verdict.type === 'word' ? verdict.word : undefined;
}
