export { examineRealServer } from './shell/examine.js';
