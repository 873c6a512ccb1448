import type { RealServerConfig } from '@piranha/config';
import type { WeightPolicy } from './weight-machine.js';

/** How a server's weight moves; undefined where it stays as configured. */
export function weightPolicyOf({ weight, weighing }: RealServerConfig): WeightPolicy | undefined {
  if (weighing === undefined || weight === 0) return undefined;
  const { slowStart, agent } = weighing;
  const rules = agent && {
    smoothing: agent.smoothingPercent / 100,
    changePerMinute: agent.changePercent / 100,
    holdMs: agent.holdMs,
    fadeMs: agent.fadeMs,
  };
  const { follows } = weighing;
  return { configured: weight, slowStart, follows: rules ?? (follows === 'agent' ? 'nothing' : follows) };
}
