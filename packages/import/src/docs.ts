export { directivesPage } from './core/directives-page.js';
