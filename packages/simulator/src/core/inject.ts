import type { Fault } from './faults.js';
import type { NodeName, PerNode } from './names.js';
import { type HeartbeatNetwork, PATHS, type PathNumber, QUIET } from './network.js';
import type { SimulatedNode } from './simulated-node.js';
import { unnoticedMs } from './simulated-policy.js';

/** What faults happen to. */
export interface Stage {
  readonly nodes: PerNode<SimulatedNode>;
  readonly network: HeartbeatNetwork;
}

const NOTHING = (): void => undefined;

/** Lets a fault begin. @returns what ends it */
export function beginFault(stage: Stage, fault: Fault): () => void {
  const { nodes, network } = stage;
  switch (fault.kind) {
    case 'cut':
      return cut(network, cutWays(nodes, fault));
    case 'part':
      return cut(network, partedWays(fault.sets));
    case 'noise':
      network.noise = fault.noise;
      return () => {
        network.noise = QUIET;
      };
    default:
      return beginAt(stage, nodes[fault.node] ?? nodes.primary, fault);
  }
}

function beginAt(
  stage: Stage,
  node: SimulatedNode,
  fault: Exclude<Fault, { kind: 'cut' | 'part' | 'noise' }>,
): () => void {
  switch (fault.kind) {
    case 'crash':
      node.crash();
      return () => node.boot();
    case 'linkDown': {
      const ways = node.others.flatMap((other) => [
        ...waysOf(node.role, other, PATHS),
        ...waysOf(other, node.role, PATHS),
      ]);
      const heal = cut(stage.network, ways);
      node.setLink(false);
      return () => {
        heal();
        node.setLink(true);
      };
    }
    case 'serversDown': {
      const restore = node.condition.loseServers();
      node.pulse?.lookAtReadiness();
      return () => {
        restore(unnoticedMs(node.settings));
        node.pulse?.lookAtReadiness();
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
      node.pulse?.handOver(fault.to, fault.group);
      return NOTHING;
    case 'maintenance':
      node.operator.orderOut(fault.unlessAlone);
      return () => node.operator.endOrder();
    case 'reload':
      node.reload(fault.times);
      return () => {
        for (const name of node.others) stage.nodes[name]?.reload(fault.times);
      };
    case 'freezePulse':
      node.pulse?.freeze(fault.durationMs);
      return NOTHING;
    case 'freezeGuardian':
      node.guardian?.freeze(fault.durationMs);
      return NOTHING;
    case 'slowProcess':
      node[fault.process]?.stutter(fault.stallMs, fault.runMs, fault.durationMs);
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

type Way = readonly [from: NodeName, to: NodeName, path: PathNumber];

function waysOf(from: NodeName, to: NodeName, paths: readonly PathNumber[]): readonly Way[] {
  return paths.map((path) => [from, to, path] as const);
}

/** The ways of one director's packets to all others, or to one of them, and perhaps back. */
function cutWays(
  nodes: PerNode<SimulatedNode>,
  { from, to, both, paths }: Extract<Fault, { kind: 'cut' }>,
): readonly Way[] {
  const others = to === undefined ? (nodes[from]?.others ?? []) : [to];
  return others.flatMap((other) => [
    ...waysOf(from, other, paths),
    ...(both ? waysOf(other, from, paths) : []),
  ]);
}

function partedWays(sets: readonly (readonly NodeName[])[]): readonly Way[] {
  return sets.flatMap((set) =>
    sets
      .filter((other) => other !== set)
      .flatMap((other) => set.flatMap((from) => other.flatMap((to) => waysOf(from, to, PATHS)))),
  );
}

/** Cuts these ways. @returns what heals them */
function cut(network: HeartbeatNetwork, ways: readonly Way[]): () => void {
  for (const way of ways) network.cut(...way);
  return () => {
    for (const way of ways) network.heal(...way);
  };
}
