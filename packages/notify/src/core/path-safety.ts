/** What is to be known of one element of a program's path. */
export interface PathElement {
  readonly path: string;
  readonly uid: number;
  /** Permission bits with file type, as stat gives them. */
  readonly mode: number;
  readonly kind: 'file' | 'directory' | 'link';
}

const STICKY = 0o1000;
const GROUP_OR_OTHERS_WRITE = 0o022;

/**
 * Why root must not run the program at the end of this path: somebody else could put another in its place. Undefined
 * where all is well.
 * @param uid the user that runs it; root and that user may write
 */
export function unsafeElement(elements: readonly PathElement[], uid: number): string | undefined {
  for (const element of elements) {
    if (element.uid !== 0 && element.uid !== uid) return `${element.path} belongs to the user ${element.uid}`;
    // The permissions of a link mean nothing, and in a sticky directory only owners replace what is theirs.
    const sticky = element.kind === 'directory' && (element.mode & STICKY) !== 0;
    if (element.kind === 'link' || sticky || (element.mode & GROUP_OR_OTHERS_WRITE) === 0) continue;
    const who = (element.mode & 0o002) !== 0 ? 'everybody' : 'its group';
    return `${element.path} may be written by ${who}`;
  }
  return undefined;
}
