export * from './core/frames.js';
export * from './core/heartbeat.js';
export type * from './heartbeat-measurement.js';
export * from './messages.js';
export * from './run-directory.js';
export type * from './shared-nanny.js';
export * from './shell/control-client.js';
export * from './shell/control-server.js';
export * from './status.js';
