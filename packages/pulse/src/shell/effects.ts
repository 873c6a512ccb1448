import { MAIN_GROUP } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { type GroupEffect, groupFields, isOfGroup } from '../core/group-step.js';
import { wordOf } from '../core/moves.js';
import type { NodeGroups } from '../core/node-groups.js';
import type { AdaptiveDeadtime } from './adaptive-deadtime.js';
import type { Backend } from './backend.js';
import type { GroupMover } from './group-mover.js';
import type { NeighbourKeeper } from './neighbour-keeper.js';
import type { NodePolicy } from './node-policy.js';
import type { PartnerLine } from './partner-line.js';

/** What the effects of the state machines are carried out with. */
export interface EffectNeeds {
  readonly log: EventLog;
  readonly backend: Pick<Backend, 'announce'>;
  readonly groups: NodeGroups;
  readonly line: Pick<PartnerLine, 'send'>;
  readonly mover: Pick<GroupMover, 'take' | 'drop' | 'prepareLeave'>;
  readonly adaptive: Pick<AdaptiveDeadtime, 'diedEarly'>;
  readonly policy: Pick<NodePolicy, 'answer'>;
  readonly neighbours: Pick<NeighbourKeeper, 'look'>;
  readonly onExit: () => void;
}

/** Carries out one effect of a group's state machine; what takes long goes on behind it. */
export function runEffect(needs: EffectNeeds, { group, effect }: GroupEffect): void {
  switch (effect.type) {
    case 'send': {
      needs.log.log('PULSE_SENT', { word: effect.word });
      const isMain = group === MAIN_GROUP;
      needs.line.send(isMain ? effect.word : wordOf(needs.groups.main), isMain ? undefined : group);
      return;
    }
    case 'take':
      // What a silent partner must hear goes out behind it.
      needs.neighbours.look();
      needs.mover.take(group);
      return;
    case 'drop':
      void needs.mover.drop(group);
      return;
    case 'prepareLeave':
      needs.mover.prepareLeave(group, effect.event);
      return;
    case 'announce':
      needs.backend.announce(group);
      return;
    case 'log':
      if (needs.groups.isPhantom(group) && isOfGroup(effect)) return;
      needs.log.log(effect.event, groupFields(effect, group, needs.groups.isGrouped));
      return;
    case 'diedEarly':
      needs.adaptive.diedEarly(effect.silentSinceMs);
      return;
    case 'handoverResult':
    case 'maintenanceResult':
      needs.policy.answer(group, effect);
      return;
    case 'exit':
      needs.onExit();
      return;
  }
}
