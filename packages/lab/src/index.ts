export * from './core/old-pulse/step.js';
export * from './core/old-pulse/types.js';
export * from './core/old-pulse/words.js';
