import type { LvsConfiguration } from '../model.js';
import type { FenceConfig, WitnessConfig } from '../witness-model.js';
import type { Values } from './values.js';
import { readWitness } from './witness-reader.js';
import { witnessTimes } from './witness-times.js';

function buildWitness(values: Values): WitnessConfig {
  const interval = values.optionalNumber('witness_interval');
  const intervalMs = interval === undefined ? undefined : Math.round(interval * 1000);
  const targets = values.words('witness').map(readWitness);
  return {
    targets: targets.filter((target) => 'kind' in target),
    policy: values.choice('witness_policy', ['advise', 'require'], 'advise'),
    quorum: values.number('witness_quorum'),
    ...witnessTimes(values.milliseconds('keepalive'), values.milliseconds('deadtime'), intervalMs),
  };
}

function buildFence(values: Values): FenceConfig | undefined {
  const command = values.text('fence_cmd')?.trim();
  if (!command) return undefined;
  return {
    command,
    timeoutMs: values.milliseconds('fence_timeout'),
    failure: values.choice('fence_failure', ['wait', 'take'], 'wait'),
  };
}

/** What the file says about split brain. */
export function buildSplitBrain(values: Values): Pick<LvsConfiguration, 'witness' | 'fence'> {
  return { witness: buildWitness(values), fence: buildFence(values) };
}
