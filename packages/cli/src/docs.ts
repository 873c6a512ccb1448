export { metricsPage } from './core/metrics/page.js';
