export * from './arguments.js';
export * from './binaries.js';
export * from './clock.js';
export * from './core/ipv4.js';
export * from './core/supervisor.js';
export * from './run-main.js';
export * from './user-error.js';
export * from './version.js';
