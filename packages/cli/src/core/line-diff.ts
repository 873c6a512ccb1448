/** Lines around a change that are shown with it. */
const CONTEXT_LINES = 3;
/** Beyond so many changed lines the rest of both texts is shown as replaced: right, but not the shortest. */
const MOST_EDITS = 2_000;

type Edit = { readonly sign: ' ' | '-' | '+'; readonly text: string };

/** How one text becomes another, as `diff -u` shows it, without the names; nothing for equal texts. */
export function lineDiff(before: string, after: string): string[] {
  const edits = editsOf(linesOf(before), linesOf(after));
  const changed = edits.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  const hunks: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    const from = Math.max(0, index - CONTEXT_LINES);
    const to = Math.min(edits.length, index + CONTEXT_LINES + 1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks.flatMap((hunk) => hunkLines(edits, hunk));
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  // A last line without its end is another line than one with it.
  if (lines.at(-1) === '') lines.pop();
  else lines.push(`${lines.pop() ?? ''} (no line end)`);
  return lines;
}

function hunkLines(edits: readonly Edit[], { from, to }: { from: number; to: number }): string[] {
  const count = (part: readonly Edit[], sign: '-' | '+') =>
    part.filter((edit) => edit.sign === ' ' || edit.sign === sign).length;
  const head = edits.slice(0, from);
  const body = edits.slice(from, to);
  const range = (sign: '-' | '+') => {
    const length = count(body, sign);
    const start = count(head, sign) + (length === 0 ? 0 : 1);
    return `${sign}${start},${length}`;
  };
  return [`@@ ${range('-')} ${range('+')} @@`, ...body.map(({ sign, text }) => `${sign}${text}`)];
}

function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (lines: readonly string[]): Edit[] => lines.map((text) => ({ sign: ' ', text }));
  return [
    ...same(before.slice(0, head)),
    ...middleEdits(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

/** The shortest way by the greedy algorithm of Myers (1986). */
function middleEdits(before: readonly string[], after: readonly string[]): Edit[] {
  const trace: Int32Array[] = [];
  const limit = Math.min(before.length + after.length, MOST_EDITS);
  // Farthest line of `before` on each diagonal, diagonal 0 in the middle.
  const reach = new Int32Array(2 * limit + 3);
  for (let edits = 0; edits <= limit; edits += 1) {
    trace.push(reach.slice(limit - edits, limit + edits + 3));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = limit + 1 + diagonal;
      const down = diagonal === -edits || (diagonal !== edits && (reach[at - 1] ?? 0) < (reach[at + 1] ?? 0));
      let x = down ? (reach[at + 1] ?? 0) : (reach[at - 1] ?? 0) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      reach[at] = x;
      if (x >= before.length && x - diagonal >= after.length) return wayBack(before, after, trace);
    }
  }
  return [
    ...before.map((text): Edit => ({ sign: '-', text })),
    ...after.map((text): Edit => ({ sign: '+', text })),
  ];
}

function wayBack(before: readonly string[], after: readonly string[], trace: readonly Int32Array[]): Edit[] {
  const edits: Edit[] = [];
  let x = before.length;
  let y = after.length;
  const same = (): void => {
    x -= 1;
    y -= 1;
    edits.push({ sign: ' ', text: before[x] ?? '' });
  };
  for (let step = trace.length - 1; step > 0; step -= 1) {
    const reach = trace[step] ?? new Int32Array();
    const diagonal = x - y;
    const at = (other: number): number => reach[other + step + 1] ?? 0;
    const down = diagonal === -step || (diagonal !== step && at(diagonal - 1) < at(diagonal + 1));
    const fromX = down ? at(diagonal + 1) : at(diagonal - 1);
    const fromY = fromX - (down ? diagonal + 1 : diagonal - 1);
    while (x > fromX && y > fromY && !(x === fromX + (down ? 0 : 1) && y === fromY + (down ? 1 : 0))) same();
    if (down) {
      y -= 1;
      edits.push({ sign: '+', text: after[y] ?? '' });
    } else {
      x -= 1;
      edits.push({ sign: '-', text: before[x] ?? '' });
    }
  }
  while (x > 0 && y > 0) same();
  return edits.reverse();
}
