export { type Answer, isPartnerLate, mayTake, mustLetGo, type PartnerView } from './core/policy.js';
export {
  nextProbeTickMs,
  type ProbeEvent,
  type ProbeState,
  startProbe,
  stepProbe,
} from './core/probe.js';
export { askWitness, handLimitMs, type WitnessAnswer } from './shell/ask-once.js';
export { type WitnessChange, WitnessWatch } from './shell/witness-watch.js';
