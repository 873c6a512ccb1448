import type { PulseState } from './types.js';

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
