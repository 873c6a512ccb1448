/** No leading hyphen, which would be an option of ssh; a user may stand in front. */
const FAR_HOST = /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,254}$/;
/** The shell of the far machine reads the path: nothing that means something to it. */
const FAR_PATH = /^\/[A-Za-z0-9_./-]{1,1000}$/;

/** Whether a word can only be HOST or USER@HOST for ssh. */
export function isFarHost(word: string): boolean {
  return FAR_HOST.test(word);
}

/** Whether a word is a plain absolute path, the same to every shell. */
export function isFarPath(word: string): boolean {
  return FAR_PATH.test(word);
}
