export * from './catalogue.js';
export * from './event-log.js';
