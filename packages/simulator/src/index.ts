export type { Outcome } from './core/pair.js';
export {
  type Failure,
  OWN_MACHINES,
  pairOf,
  pairOfConfiguration,
  promisesOf,
  simulateSeed,
} from './core/simulate.js';
export type { Machines, SimulatedPair } from './core/world.js';
