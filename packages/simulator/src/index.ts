export type { Outcome } from './core/pair.js';
export {
  type Failure,
  groupOf,
  OWN_MACHINES,
  pairOf,
  pairOfConfiguration,
  pairSettings,
  promisesOf,
  simulateSeed,
} from './core/simulate.js';
export { Soak } from './core/soak.js';
export { type SoakFigures, soakSeed } from './core/soak-seed.js';
export type { Machines, SimulatedPair } from './core/world.js';
