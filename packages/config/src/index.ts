export type { CheckSet, CheckSpec, CheckSpecBase, PageSpec, TlsRules } from './check-model.js';
export { checksOf } from './core/builder-checks.js';
export { isLocalHost, isMailAddress, parseSmtpServer } from './core/builder-notify.js';
export {
  directorAddresses,
  directorWords,
  endsOfPath,
  needsFtpHelper,
  releaseLimitMs,
  usesNat,
} from './core/derived.js';
export { formatDiagnostic } from './core/diagnostics.js';
export { type BlockPath, setValue } from './core/edit.js';
export { formatLvsCf } from './core/format.js';
export {
  GROUP_NAME_LENGTH,
  type GroupOfFile,
  groupsOf,
  MAIN_GROUP,
  MOST_GROUPS,
  natRoutersOf,
  partOfGroup,
} from './core/groups.js';
export type { PiranhaIni } from './core/ini.js';
export { type ParsedLvsCf, type ParseOptions, parseLvsCf } from './core/parse-lvs-cf.js';
export { serialNumberOf, withRaisedSerial, withSerialNumber } from './core/serial.js';
export { type LvsCfTree, parseTree, printTree } from './core/tree.js';
export { WELL_KNOWN_PORTS } from './core/well-known-ports.js';
export { bareWord, quotedWord } from './core/words.js';
export type { DirectorConfig } from './director-model.js';
export type { VipGroupConfig } from './group-model.js';
export type { Mention } from './mention-model.js';
export * from './model.js';
export { type HeartbeatPathConfig, MOST_PATHS } from './path-model.js';
export type { QuorumConfig } from './quorum-model.js';
export { loadPiranhaIni } from './shell/ini.js';
export { type LoadOccasion, loadFor } from './shell/last-good.js';
export { loadConfiguration, parseConfiguration } from './shell/load.js';
export { loadAside } from './shell/load-aside.js';
export {
  type KeptFile,
  putAside,
  readFileLimited,
  replaceFile,
  type SourceFile,
} from './shell/source-file.js';
export type { WatchConfig } from './watch-model.js';
export type { AgentConfig, WeighingConfig } from './weighing-model.js';
export type { FenceConfig, WitnessConfig, WitnessPolicy, WitnessTarget } from './witness-model.js';
