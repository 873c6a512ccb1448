import type { HeartbeatStatus } from '@piranha/protocol';
import { type Beat, type BeatSession, PAIR_NAMES } from '@piranha/protocol/beat';

type PartnerSays = NonNullable<HeartbeatStatus['partner']>;

/** What this node knows of its own beats. */
interface OwnBeats {
  readonly node: string;
  readonly protocol: 'authenticated' | 'announced';
  readonly keyId: number;
  readonly encrypted: boolean;
  readonly configuration: Beat['configuration'];
  readonly paths: readonly string[];
  readonly dropped: Readonly<Record<string, number>>;
}

/** On which paths the partner hears us; undefined where its beat had no room to say so. */
function hearsUs(
  { beat, heardMs }: BeatSession,
  own: OwnBeats,
  nowMs: number,
): PartnerSays['hearsUs'] | undefined {
  const heard = beat.hears.find(({ node }) => node === own.node);
  if (heard !== undefined && heard.paths === undefined) return undefined;
  return own.paths.map((name) => {
    const path = heard?.paths?.find((one) => one.name === name);
    return path === undefined ? { name } : { name, agoMs: Math.round(path.ageMs + nowMs - heardMs) };
  });
}

function partnerSays(session: BeatSession, own: OwnBeats, nowMs: number): PartnerSays {
  const { beat, boot, openedMs, heardMs } = session;
  const { readiness, priority, failure, reason, configuration, standIn } = beat;
  return {
    life: boot,
    openMs: Math.round(nowMs - openedMs),
    heardAgoMs: Math.round(nowMs - heardMs),
    duty: beat.groups.find(({ name }) => name === PAIR_NAMES.group)?.duty ?? 'listening',
    standIn: standIn === true,
    priority,
    readiness,
    ...(failure === undefined ? {} : { failure }),
    reason,
    configuration,
    hearsUs: hearsUs(session, own, nowMs),
  };
}

/** What `status` says of the own protocol. */
export function beatStatus(own: OwnBeats, session: BeatSession | undefined, nowMs: number): HeartbeatStatus {
  const { protocol, keyId, encrypted, configuration, dropped } = own;
  return {
    protocol,
    keyId,
    encrypted,
    configuration,
    dropped,
    ...(session === undefined ? {} : { partner: partnerSays(session, own, nowMs) }),
  };
}
