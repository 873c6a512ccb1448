import type { PulseSettings, PulseState } from './types.js';

/** Whether this node has the addresses, or is about to. */
export function isHolding({ duty }: Pick<PulseState, 'duty'>): boolean {
  return duty === 'taking' || duty === 'active' || duty === 'releasing';
}

/** Whether not even a dead partner makes this node take over, for an operator took it out. */
export function staysOut({ maintenance }: Pick<PulseState, 'maintenance'>): boolean {
  return maintenance !== undefined && !maintenance.unlessAlone;
}

/** Whether this node takes the addresses when the partner dies. */
export function waitsToTake(state: PulseState): boolean {
  return (state.duty === 'standby' || state.duty === 'claiming') && !state.disabled && !staysOut(state);
}

/** Whether this node claims first, stays where both serve, and is given the addresses back. */
export function isPreferred({ role, preferred }: Pick<PulseSettings, 'role' | 'preferred'>): boolean {
  return preferred ?? role === 'primary';
}

/**
 * The duty of a node with several groups, as far as its readiness is concerned: whoever has not all of them waits to
 * take the others. @param isCold lvsd runs only where something is served
 */
export function nodeDuty(
  main: Pick<PulseState, 'duty'>,
  all: readonly Pick<PulseState, 'duty'>[],
  isCold: boolean,
): PulseState['duty'] {
  const held = all.filter(isHolding);
  if (held.length === all.length || held.length === 0) return main.duty;
  return isCold ? 'active' : 'standby';
}
