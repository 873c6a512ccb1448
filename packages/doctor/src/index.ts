export { examine } from './core/examine.js';
export type { Facts } from './core/facts.js';
export type { Finding } from './core/trap.js';
export { gatherFacts } from './shell/gather.js';
