import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import type { PathElement } from '../core/path-safety.js';

const MOST_LINKS = 40;

/**
 * Every directory and link that leads to a file, and the file itself, in the order in which the kernel meets them.
 * @throws Error as lstat does, or for more links than the kernel would follow
 */
export function pathElements(path: string): readonly PathElement[] {
  const elements: PathElement[] = [elementAt('/')];
  let left = wordsOf(path);
  let at = '/';
  let links = 0;
  while (left.length > 0) {
    const [name = '', ...rest] = left;
    left = rest;
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const element = elementAt(next);
    elements.push(element);
    if (element.kind !== 'link') {
      at = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new Error(`${path} leads through too many links`);
    const target = readlinkSync(next);
    left = [...wordsOf(target), ...rest];
    if (isAbsolute(target)) at = '/';
  }
  return elements;
}

/** `..` stays: behind a link it is the directory above the target, which only a walk finds. */
function wordsOf(path: string): string[] {
  return path.split(sep).filter((word) => word !== '' && word !== '.');
}

function elementAt(path: string): PathElement {
  const stat = lstatSync(path);
  const kind = stat.isSymbolicLink() ? 'link' : stat.isDirectory() ? 'directory' : 'file';
  return { path, uid: stat.uid, mode: stat.mode, kind };
}

/** Why the file cannot be run, one line; undefined where it can, or where this user cannot tell. */
export function notExecutable(path: string): string | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return `${path} is no file`;
    return (stat.mode & 0o111) === 0 ? `${path} is not executable` : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' ? undefined : `${path} does not exist`;
  }
}
