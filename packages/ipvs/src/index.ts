export * from './core/model.js';
export * from './director.js';
