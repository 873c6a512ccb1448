export type { LvsctlIo } from './shell/io.js';
export { runLvsctl } from './shell/run-lvsctl.js';
