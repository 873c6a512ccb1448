export * from './catalogue.js';
export * from './core/line-limit.js';
export * from './event-log.js';
export { openEventLog } from './shell/open-event-log.js';
