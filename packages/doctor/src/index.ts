export { examine } from './core/examine.js';
export type { Facts } from './core/facts.js';
export type { Finding } from './core/trap.js';
export type { PartnerMachine } from './shell/ask-partner.js';
export { gatherFacts } from './shell/gather.js';
