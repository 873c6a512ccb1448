/** The record alone, for those who only ask whether an adoption is under way. */
export { readAdoption } from './shell/record-file.js';
