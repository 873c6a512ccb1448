import type { HeartbeatWord, PulseAlive } from '@piranha/protocol';
import { type BeatVoice, beatContent, type NodeGroups } from '@piranha/pulse/machines';
import type { NodeName } from './names.js';
import { BEAT_FACTS } from './simulated-keys.js';
import type { SimulatedNode } from './simulated-node.js';

/** What a simulated pulse says in its next beat. @param asking a group whose release is asked for */
export function simulatedContent(
  { settings, condition: { readiness } }: Pick<SimulatedNode, 'settings' | 'condition'>,
  groups: NodeGroups,
  word: HeartbeatWord | undefined,
  asking?: string,
): ReturnType<typeof beatContent> {
  const { configuration } = BEAT_FACTS;
  const { main: state } = groups;
  const failure = state.maintenance === undefined ? state.failure : 'maintenance standby';
  const view = { readiness, failure: state.others === undefined ? state.failure : failure };
  return beatContent(settings, state, word, configuration, view, groups.named(asking));
}

/** What its guardian must know to beat on in its life; undefined where beats have no key. */
export function simulatedLife(
  node: SimulatedNode,
  voice: BeatVoice | undefined,
  groups: NodeGroups | undefined,
  announced: boolean,
): PulseAlive['beat'] {
  if (voice === undefined || groups === undefined) return undefined;
  const { priority } = simulatedContent(node, groups, undefined);
  const { boot, sequence, session } = voice;
  const lifeOf = (name: NodeName) => {
    const other = voice.sessionOf(name);
    return { node: name, session: other && { boot: other.boot, sequence: other.window.newest } };
  };
  return {
    ...{ node: node.role, partner: node.partner, keyFile: '', keysTaken: 1, encrypt: false },
    ...{ boot, sequence, priority, ...BEAT_FACTS, readiness: node.condition.readiness },
    ...(announced ? { announced } : {}),
    session: session && { boot: session.boot, sequence: session.window.newest },
    ...(node.others.length > 1 ? { others: node.others.map(lifeOf) } : {}),
  };
}
