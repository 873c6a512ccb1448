export { changesPage } from './core/changes-page.js';
export { manualPage } from './core/manual-page.js';
