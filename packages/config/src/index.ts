export { formatDiagnostic } from './core/diagnostics.js';
export { type BlockPath, setValue } from './core/edit.js';
export { formatLvsCf } from './core/format.js';
export type { PiranhaIni } from './core/ini.js';
export { type ParsedLvsCf, type ParseOptions, parseLvsCf } from './core/parse-lvs-cf.js';
export { type LvsCfTree, parseTree, printTree } from './core/tree.js';
export * from './model.js';
export { loadPiranhaIni } from './shell/ini.js';
export { loadConfiguration, parseConfiguration } from './shell/load.js';
