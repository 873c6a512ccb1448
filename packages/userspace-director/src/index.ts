export { type Control, serveControl } from './shell/control.js';
export { Engine, type EngineOptions } from './shell/engine.js';
