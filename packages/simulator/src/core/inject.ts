import type { NodeRole } from '@piranha/protocol';
import type { Fault } from './faults.js';
import { type HeartbeatNetwork, PATHS, type PathNumber, QUIET } from './network.js';
import type { SimulatedNode } from './simulated-node.js';

/** What faults happen to. */
export interface Stage {
  readonly nodes: Readonly<Record<NodeRole, SimulatedNode>>;
  readonly network: HeartbeatNetwork;
}

const NOTHING = (): void => undefined;

/** Lets a fault begin. @returns what ends it */
export function beginFault(stage: Stage, fault: Fault): () => void {
  const { nodes, network } = stage;
  switch (fault.kind) {
    case 'cut':
      return cut(stage, fault.both ? [fault.from, nodes[fault.from].partner] : [fault.from], fault.paths);
    case 'noise':
      network.noise = fault.noise;
      return () => {
        network.noise = QUIET;
      };
    default:
      return beginAt(stage, nodes[fault.node], fault);
  }
}

function beginAt(
  stage: Stage,
  node: SimulatedNode,
  fault: Exclude<Fault, { kind: 'cut' | 'noise' }>,
): () => void {
  switch (fault.kind) {
    case 'crash':
      node.crash();
      return () => node.boot();
    case 'linkDown': {
      const heal = cut(stage, [node.role, node.partner], PATHS);
      node.setLink(false);
      return () => {
        heal();
        node.setLink(true);
      };
    }
    case 'witnessCut':
      return node.cutWitness();
    case 'stop':
      node.guardian?.stop();
      return () => node.startAgain();
    case 'slow':
      node.slowDown(fault.factor);
      return () => node.slowDown(1);
    case 'handover':
      node.pulse?.tell({ type: 'handover' }, fault.group);
      return NOTHING;
    case 'maintenance':
      node.orderOut(fault.unlessAlone);
      return () => node.endOrder();
    case 'reload':
      node.reload(fault.times);
      return () => stage.nodes[node.partner].reload(fault.times);
    case 'freezePulse':
      node.pulse?.freeze(fault.durationMs);
      return NOTHING;
    case 'pause':
      node.pause(fault.durationMs);
      return NOTHING;
    case 'killPulse':
      node.killPulse();
      return NOTHING;
    case 'killDaemons':
      // The machine lives, and its kernel goes on serving.
      node.killGuardian();
      node.killPulse();
      return NOTHING;
    case 'killGuardian':
      node.killGuardian();
      return NOTHING;
  }
}

/** Cuts the ways of these nodes' packets. @returns what heals them */
function cut({ nodes, network }: Stage, from: readonly NodeRole[], paths: readonly PathNumber[]): () => void {
  const ways = from.flatMap((one) => paths.map((path) => [one, nodes[one].partner, path] as const));
  for (const way of ways) network.cut(...way);
  return () => {
    for (const way of ways) network.heal(...way);
  };
}
