export { certificatesProblem, headersOfFile, passwordOf } from './core/check-file-texts.js';
export { readCheckFile } from './shell/check-file.js';
export { checkFileFindings } from './shell/check-file-findings.js';
