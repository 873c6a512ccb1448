import { parseLvsCf, type WitnessConfig } from '@piranha/config';
import { mayTake, mustLetGo } from '../../src/core/policy.js';
import {
  nextProbeTickMs,
  type ProbeEvent,
  type ProbeState,
  startProbe,
  stepProbe,
} from '../../src/core/probe.js';

/** Two directors, witnesses that each may reach or not, a virtual clock. */

export const STEP_MS = 2;
export type NodeName = 'a' | 'b';

export interface World {
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  readonly witnessIntervalMs?: number | undefined;
  readonly policy?: 'advise' | 'require';
  /** One way, ms; below the margin. */
  readonly delayMs: number;
  /** Of the beats of each node and its questions, ms. */
  readonly phaseMs: Readonly<Record<NodeName, number>>;
  /** Whether a beat that is sent now arrives. */
  readonly isHeard: (from: NodeName, nowMs: number) => boolean;
  /** Whether a question that a node sends now is answered. */
  readonly isWitnessed: (node: NodeName, nowMs: number, witness: number) => boolean;
  /** Questions are sent again and again, as TCP does, until one of them is answered. */
  readonly asksOn?: boolean;
  /** How many witnesses there are, and must answer; one unless told. */
  readonly witnesses?: { readonly count: number; readonly quorum: number };
  readonly isAlive?: (node: NodeName, nowMs: number) => boolean;
  readonly untilMs: number;
}

/** The times that lvs.cf gives. */
export function timesOf(
  world: Pick<World, 'keepaliveMs' | 'deadtimeMs' | 'witnessIntervalMs' | 'policy'>,
): WitnessConfig {
  const interval = world.witnessIntervalMs;
  const text = `primary = 10.0.0.1
backup = 10.0.0.2
backup_active = 1
keepalive = ${world.keepaliveMs / 1000}
deadtime = ${world.deadtimeMs / 1000}
witness = gateway 10.0.0.254
witness_policy = ${world.policy ?? 'require'}
${interval === undefined ? '' : `witness_interval = ${interval / 1000}`}
virtual web {
  active = 1
  address = 10.0.0.100 eth0:1
  server a {
    address = 10.0.0.11
    active = 1
  }
}
`;
  const { configuration, diagnostics } = parseLvsCf(text);
  if (configuration === undefined) throw new Error(JSON.stringify(diagnostics));
  return configuration.witness;
}

interface Director {
  readonly name: NodeName;
  holds: boolean;
  lastHeardMs: number;
  nextBeatMs: number;
  readonly probes: ProbeState[];
}

export interface Outcome {
  /** The longest time in which both held, ms. */
  readonly longestBothMs: number;
  /** Each change of a holder, `ms node takes|drops`. */
  readonly history: readonly string[];
  readonly holders: readonly NodeName[];
}

/** Runs the world; `a` holds at first, as the primary. */
export function runPair(world: World): Outcome {
  const { count, quorum } = world.witnesses ?? { count: 1, quorum: 1 };
  const settings = { ...timesOf(world), quorum };
  const probe = { intervalMs: settings.intervalMs, timeoutMs: settings.intervalMs };
  const start = (name: NodeName): Director => ({
    name,
    holds: name === 'a',
    lastHeardMs: 0,
    nextBeatMs: world.phaseMs[name],
    probes: Array.from({ length: count }, () => startProbe(world.phaseMs[name])),
  });
  const nodes = [start('a'), start('b')];
  const mail: { atMs: number; deliver: () => void }[] = [];
  const history: string[] = [];
  let bothMs = 0;
  let longestBothMs = 0;
  let nowMs = 0;

  const stepWitness = (node: Director, index: number, event: ProbeEvent): void => {
    const before = node.probes[index];
    if (before === undefined) return;
    const { state, effects } = stepProbe(probe, before, event, nowMs);
    node.probes[index] = state;
    const sentMs = nowMs;
    if (!effects.some(({ type }) => type === 'ask')) return;
    const lastMs = world.asksOn ? sentMs + probe.timeoutMs : sentMs;
    for (let atMs = sentMs; atMs <= lastMs; atMs += STEP_MS) {
      if (!world.isWitnessed(node.name, atMs, index)) continue;
      const deliver = () => stepWitness(node, index, { type: 'answered', sentMs });
      mail.push({ atMs: atMs + 2 * world.delayMs, deliver });
      return;
    }
  };
  const change = (node: Director, holds: boolean): void => {
    node.holds = holds;
    history.push(`${nowMs} ${node.name} ${holds ? 'takes' : 'drops'}`);
  };
  const decide = (node: Director): void => {
    const partner = { lastHeardMs: node.lastHeardMs, isOff: false };
    if (node.holds) {
      if (mustLetGo(settings, node.probes, partner, 0, nowMs).verdict === 'yes') change(node, false);
    } else if (nowMs - node.lastHeardMs >= world.deadtimeMs) {
      if (mayTake(settings, node.probes, partner, nowMs).verdict === 'yes') change(node, true);
    }
  };
  const onBeat = (node: Director, isRunning: boolean): void => {
    node.lastHeardMs = nowMs;
    // The tie rule of pulse: the primary stays.
    if (isRunning && node.holds && node.name === 'b') change(node, false);
  };

  for (; nowMs <= world.untilMs; nowMs += STEP_MS) {
    for (const { deliver } of mail.filter(({ atMs }) => atMs <= nowMs)) deliver();
    mail.splice(0, mail.length, ...mail.filter(({ atMs }) => atMs > nowMs));
    for (const [index, node] of nodes.entries()) {
      if (world.isAlive?.(node.name, nowMs) === false) {
        if (node.holds) change(node, false);
        continue;
      }
      for (const [witness, state] of node.probes.entries()) {
        if (nowMs >= nextProbeTickMs(state)) stepWitness(node, witness, { type: 'tick' });
      }
      decide(node);
      if (nowMs < node.nextBeatMs) continue;
      node.nextBeatMs += world.keepaliveMs;
      const other = nodes[1 - index] as Director;
      const isRunning = node.holds;
      if (world.isHeard(node.name, nowMs)) {
        mail.push({ atMs: nowMs + world.delayMs, deliver: () => onBeat(other, isRunning) });
      }
    }
    bothMs = nodes.every(({ holds }) => holds) ? bothMs + STEP_MS : 0;
    longestBothMs = Math.max(longestBothMs, bothMs);
  }
  return { longestBothMs, history, holders: nodes.filter(({ holds }) => holds).map(({ name }) => name) };
}
