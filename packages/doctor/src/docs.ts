export { doctorPage, type LabResult } from './core/page.js';
