import type { NodeView, ReadinessFacts } from '../../src/core/readiness.js';

/** What a node says of itself that lacks nothing. */
export function nodeView(changes: Partial<NodeView['readiness']> = {}, failure?: string): NodeView {
  const readiness = { tableLoaded: true, firstVerdicts: true, serversUp: 3, serversTotal: 3, ...changes };
  return failure === undefined ? { readiness } : { readiness, failure };
}

/** A standby that lacks nothing. */
export function readinessFacts(changes: Partial<ReadinessFacts> = {}): ReadinessFacts {
  return {
    state: { duty: 'standby', failure: undefined, maintenance: undefined },
    isCold: false,
    lvsd: { ready: true, tableInSync: true, serversUp: 3, serversTotal: 3 },
    missing: [],
    sync: { seconds: 20 },
    witness: { policy: 'require', isEnough: true, text: 'the witness answers' },
    ...changes,
  };
}
