/** The catalogue without any output: for nanny, which must stay small, and for docs. */
export * from './core/catalogue.js';
export * from './core/event.js';
