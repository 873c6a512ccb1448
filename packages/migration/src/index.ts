export type { AdoptionRecord } from './core/adoption-record.js';
export { type Difference, isGrave } from './core/differences.js';
export {
  findClusterManagers,
  findIncumbents,
  type Incumbent,
  type IncumbentKind,
} from './core/incumbents.js';
export { type JournalChange, standing } from './core/journal.js';
export { changeText, differenceText, summaryLines } from './core/journal-text.js';
export { adopt, planAddresses } from './shell/adopt.js';
export { endFrozen } from './shell/freeze.js';
export { frozenOf, giveBack, goesOn } from './shell/give-back.js';
export { isPulseRunning, readPulse } from './shell/our-daemons.js';
export { processesHere } from './shell/processes.js';
export { readAdoption, removeAdoption } from './shell/record-file.js';
export { runShadow, type ShadowResult } from './shell/shadow.js';
