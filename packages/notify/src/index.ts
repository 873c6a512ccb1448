export {
  type Notice,
  quorumNotice,
  type RoleChange,
  roleNotice,
  type ServiceFacts,
  serverNotice,
  sorryNotice,
} from './core/notice.js';
export { checkNotifyFiles } from './shell/check-files.js';
export { checkServicePrograms } from './shell/check-programs.js';
export { Notifier } from './shell/notifier.js';
export { startProgram } from './shell/run-program.js';
