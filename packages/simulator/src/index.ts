export type { Outcome } from './core/pair.js';
export { type Failure, OWN_MACHINES, pairOf, simulateSeed } from './core/simulate.js';
export type { Machines, SimulatedPair } from './core/world.js';
