/** Patterns of file names, as the include of keepalived takes them. */

const ALTERNATIVES = /\{([^{}]*)\}/;
const ALTERNATIVES_LIMIT = 256;

/** The patterns that one with `{a,b}` stands for; none where they are more than 256. */
export function expandBraces(pattern: string): readonly string[] {
  let patterns: readonly string[] = [pattern];
  while (patterns.some((one) => ALTERNATIVES.test(one))) {
    patterns = patterns.flatMap((one) => {
      const [whole, inner] = ALTERNATIVES.exec(one) ?? [];
      if (whole === undefined || inner === undefined) return [one];
      return inner.split(',').map((part) => one.replace(whole, () => part));
    });
    if (patterns.length > ALTERNATIVES_LIMIT) return [];
  }
  return patterns;
}

/** True for a part of a path with `*`, `?` or `[...]`. */
export function isPattern(part: string): boolean {
  return /[*?[]/.test(part);
}

/** True where a name fits a pattern; a dot in front is fitted by a dot alone. */
export function fitsPattern(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  return matches(name, 0, pattern, 0);
}

/** Reads `[...]`: where it ends, and whether it holds the character. Undefined where it is not closed. */
function readSet(
  pattern: string,
  at: number,
  character: string,
): { next: number; holds: boolean } | undefined {
  const end = pattern.indexOf(']', at + 2);
  if (end < 0) return undefined;
  const inner = pattern.slice(at + 1, end);
  const negated = /^[!^]/.test(inner);
  const set = negated ? inner.slice(1) : inner;
  let holds = false;
  for (let index = 0; index < set.length; index += 1) {
    const first = set[index] ?? '';
    const isRange = set[index + 1] === '-' && set[index + 2] !== undefined;
    const last = isRange ? (set[index + 2] ?? '') : first;
    if (character >= first && character <= last) holds = true;
    if (isRange) index += 2;
  }
  return { next: end + 1, holds: holds !== negated };
}

function matches(name: string, nameStart: number, pattern: string, patternStart: number): boolean {
  let at = nameStart;
  let from = patternStart;
  // Only the last star has to be tried again: what an earlier one took is settled.
  let retry: { at: number; from: number } | undefined;
  for (;;) {
    const step = stepOf(name, at, pattern, from);
    if (step === 'star') {
      retry = { at, from: from + 1 };
      from += 1;
    } else if (step !== undefined) {
      at += 1;
      from = step;
    } else if (at === name.length && from === pattern.length) return true;
    else if (retry === undefined || retry.at >= name.length) return false;
    else {
      retry = { at: retry.at + 1, from: retry.from };
      ({ at, from } = retry);
    }
  }
}

/** Where the pattern goes on when one character fits; `star` for a star, undefined where nothing fits. */
function stepOf(name: string, at: number, pattern: string, from: number): number | 'star' | undefined {
  const sign = pattern[from];
  if (sign === '*') return 'star';
  const character = name[at];
  if (sign === undefined || character === undefined) return undefined;
  if (sign === '?') return from + 1;
  const set = sign === '[' ? readSet(pattern, from, character) : undefined;
  if (set) return set.holds ? set.next : undefined;
  return sign === character ? from + 1 : undefined;
}
