import type { VirtualServerConfig } from '../model.js';
import type { Values } from './values.js';

/** Quorum and panic of a virtual block; nothing where none of their words is given. */
export function buildQuorum(values: Values): Pick<VirtualServerConfig, 'quorum' | 'panicPercent'> {
  const weight = values.optionalNumber('quorum');
  const upCommand = values.text('quorum_up');
  const downCommand = values.text('quorum_down');
  const isGiven = weight !== undefined || upCommand !== undefined || downCommand !== undefined;
  const quorum = { weight: weight ?? 1, hysteresis: values.number('hysteresis'), upCommand, downCommand };
  const panicPercent = values.number('panic_threshold');
  return { ...(isGiven ? { quorum } : {}), ...(panicPercent > 0 ? { panicPercent } : {}) };
}
