import type { DraftQuorum } from '../draft.js';
import type { KeepalivedScope } from './directives.js';
import { readScript } from './scripts.js';

const WEIGHT = { minimum: 1, maximum: 2_147_483_647, whole: true } as const;

/** The quorum of a service and its programs, which keepalived runs on both directors too. */
export function readQuorum(scope: KeepalivedScope): DraftQuorum {
  const weight = scope.number('quorum', WEIGHT);
  const margin = scope.number('hysteresis', { ...WEIGHT, minimum: 0 });
  const usable = margin === undefined || (weight !== undefined && margin.value < weight.value);
  if (margin && !usable && margin.value > 0) {
    scope.ledger.note(margin.statement, 'it is not below quorum, which could never be lost then: left out');
  }
  return {
    weight: weight?.value,
    hysteresis: usable && margin && margin.value > 0 ? margin.value : undefined,
    up: readScript(scope, 'quorum_up'),
    down: readScript(scope, 'quorum_down'),
  };
}
