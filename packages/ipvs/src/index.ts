export { KernelDirector } from './backends/kernel.js';
export { kernelDirector } from './backends/kernel-director.js';
export { MemoryDirector } from './backends/memory.js';
export { UserspaceDirector } from './backends/userspace.js';
export { applyOperation } from './core/apply.js';
export { desiredTable, type ServerVerdict, type TableAdjustments } from './core/desired.js';
export { diffTables, ownedKeys, sameServer, sameSettings } from './core/differ.js';
export * from './core/model.js';
export { serviceKeyOf, type TablePlace, tablePlaceOf } from './core/places.js';
export { parseSaveText } from './core/save-reader.js';
export { operationArguments, operationText, saveLines } from './core/save-text.js';
export {
  NEW_SERVICE,
  SERVING_SERVICE,
  type ServiceChange,
  type ServiceMember,
  type ServiceState,
  servicePolicyOf,
  stepService,
  verdictInService,
} from './core/service-rules.js';
export { type SyncDaemon, type SyncDaemons, type SyncSide, syncDaemonFits } from './core/sync-daemons.js';
export { parseTimeouts } from './core/timeouts-reader.js';
export { readOperations, readTableValue, readTimeouts } from './core/wire.js';
export * from './director.js';
export { KernelServers } from './shell/kernel-servers.js';
export { readOwned, removeOwned, saveOwned } from './shell/owned-file.js';
export { SyncDaemonControl } from './shell/sync-daemon.js';
