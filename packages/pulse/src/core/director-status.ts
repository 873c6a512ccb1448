import type { DirectorStatus, PulseStatus } from '@piranha/protocol';
import type { DirectorNames } from './partner-name.js';
import { type NodeView, viewGap } from './readiness.js';
import type { PulseSettings, PulseState } from './types.js';

type StatusNames = Pick<PulseStatus, 'name' | 'rank' | 'directors'>;

interface DirectorFacts {
  readonly names: DirectorNames;
  /** What a director said of itself last; without a name the partner of a pair. */
  readonly viewOf: (name?: string) => NodeView | undefined;
  /** When a director was heard last on a path of this node; undefined for never. */
  readonly heardAtMs: (name: string) => number | undefined;
}

function readinessOf(view: NodeView | undefined): Pick<DirectorStatus, 'ready' | 'because'> {
  if (view === undefined) return {};
  const because = viewGap(view);
  return because === undefined ? { ready: true } : { ready: false, because };
}

/** What status says of the directors of lvs.cf's blocks; nothing without blocks. */
export function directorStatus(
  settings: PulseSettings,
  state: PulseState,
  { names, viewOf, heardAtMs }: DirectorFacts,
  nowMs: number,
): StatusNames {
  const { own, others } = names;
  if (own === undefined) return {};
  if (state.others === undefined) return pairStatus(settings, state, names, viewOf());
  const ago = (atMs: number): number => Math.max(0, Math.round(nowMs - atMs));
  const ranks = new Map(settings.others?.map(({ name, rank }) => [name, rank]));
  const directors = state.others.views.map(({ name, rank, life, duty, lastHeardMs }): DirectorStatus => {
    const directMs = heardAtMs(name);
    const lives = life === 'alive';
    const isRelayed = lives && (directMs === undefined || lastHeardMs - directMs > settings.keepaliveMs);
    return {
      name,
      // By the lvs.cf of this node, whatever the other one goes by.
      rank: (ranks.get(name) ?? rank) + 1,
      life,
      ...(lives ? { duty } : {}),
      ...(directMs === undefined ? {} : { heardAgoMs: ago(directMs) }),
      ...(isRelayed ? { isRelayed } : {}),
      // Old news of a director that is not heard are none.
      ...(lives && !isRelayed ? readinessOf(viewOf(name)) : {}),
    };
  });
  const rank = (settings.self?.rank ?? others.length) + 1;
  return { name: own, rank, directors };
}

/** Two blocks are a pair. */
function pairStatus(
  { role }: PulseSettings,
  { partnerWord }: PulseState,
  { own, others }: DirectorNames,
  view: NodeView | undefined,
): StatusNames {
  const ranks = role === 'primary' ? ([1, 2] as const) : ([2, 1] as const);
  const lives = partnerWord !== undefined;
  const directors = others.map(
    (name): DirectorStatus => ({
      name,
      rank: ranks[1],
      life: lives ? 'alive' : 'dead',
      ...(lives ? { duty: partnerWord === 'lvs running' ? 'active' : 'standby', ...readinessOf(view) } : {}),
    }),
  );
  return { name: own, rank: ranks[0], directors };
}
