import { readFileSync } from 'node:fs';

/**
 * Processors that this process may use, by number.
 * @returns none where the kernel does not tell
 */
export function allowedProcessors(statusFile = '/proc/self/status'): readonly number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s*(\S+)/m.exec(read(statusFile)) ?? [];
  return readProcessorList(list);
}

/** `0-2,5` as numbers. */
export function readProcessorList(list: string): readonly number[] {
  return list
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
