import type { BeatSession, BeatSessions, PeerSessions, receiveBeat } from '@piranha/protocol/beat';
import { openPacket } from '@piranha/protocol/beat';
import type { Bug } from './planted-bugs.js';

/** Faults in whose beats count, which only a pair with a key can show. */

type Receive = typeof receiveBeat;

/** What is known of each peer, with one thing forgotten. */
function forgetting(
  { own, peers }: BeatSessions,
  change: (peer: PeerSessions) => Partial<PeerSessions>,
): BeatSessions {
  return { own, peers: new Map([...peers].map(([name, peer]) => [name, { ...peer, ...change(peer) }])) };
}

/** A session that has seen no number yet. */
function blank(session: BeatSession): BeatSession {
  return { ...session, window: { newest: 0, seen: 0n } };
}

/** Receives again, with another state, what was rejected for this reason. */
function believing(
  receiveBeat: Receive,
  reasons: readonly string[],
  stateFor: (...words: Parameters<Receive>) => BeatSessions,
): Receive {
  return (...words) => {
    const received = receiveBeat(...words);
    const { verdict } = received;
    const isWanted = verdict.type === 'rejected' && reasons.includes(verdict.reason);
    const [, sealer, datagram, ownSequence, nowMs] = words;
    return isWanted ? receiveBeat(stateFor(...words), sealer, datagram, ownSequence, nowMs) : received;
  };
}

export const BEAT_BUGS: Readonly<Record<string, Bug>> = {
  'a number that was heard counts again': ({ receiveBeat }) => ({
    receiveBeat: believing(receiveBeat, ['duplicate', 'too old'], (state) =>
      forgetting(state, ({ session }) => ({ session: session && blank(session) })),
    ),
  }),
  'a number below the window counts': ({ receiveBeat }) => ({
    receiveBeat: believing(receiveBeat, ['too old'], (state) =>
      forgetting(state, ({ session }) => ({ session: session && blank(session) })),
    ),
  }),
  'a life that has ended counts again': ({ receiveBeat }) => ({
    receiveBeat: believing(receiveBeat, ['retired'], (state, sealer, datagram) => {
      const opened = openPacket(sealer, datagram);
      const boot = opened.type === 'refused' ? '' : opened.header.boot;
      return forgetting(state, ({ session, retired }) => ({
        retired: retired.filter((one) => one !== boot),
        session: session && { ...blank(session), boot },
      }));
    }),
  }),
  'a life counts without a proof that it is of now': ({ receiveBeat }) => ({
    receiveBeat: (state, sealer, datagram, ownSequence, nowMs) => {
      const received = receiveBeat(state, sealer, datagram, ownSequence, nowMs);
      const { beat, verdict } = received;
      if (verdict.type !== 'unproven' || beat === undefined) return received;
      const opened = openPacket(sealer, datagram);
      if (opened.type === 'refused') return received;
      const { boot, sequence } = opened.header;
      const window = { newest: sequence, seen: 1n };
      const session = { boot, window, beat, heardMs: nowMs, openedMs: nowMs };
      const next = forgetting(received.state, () => ({ session, candidates: [] }));
      return { state: next, verdict: { type: 'accepted', opened: true }, beat };
    },
  }),
  'a packet that was changed on its way is opened all the same': ({ receiveBeat }) => ({
    receiveBeat: (state, sealer, ...rest) =>
      receiveBeat(state, { ...sealer, open: (_, __, body) => body }, ...rest),
  }),
};
