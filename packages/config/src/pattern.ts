export { translateEscapes } from './core/pattern/escapes.js';
export { compilePattern, type Pattern, PatternSearch } from './core/pattern/pattern.js';
