export { type HeartbeatSources, importHeartbeat } from './core/heartbeat/import-heartbeat.js';
export { importKeepalived } from './core/keepalived/import-keepalived.js';
export { importLdirectord } from './core/ldirectord/import-ldirectord.js';
export type { Imported, ImportOptions, SourceText } from './core/notes.js';
export { importOptions } from './core/options.js';
export { includeReader, readNamed } from './shell/includes.js';
