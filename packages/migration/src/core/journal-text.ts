import type { Difference } from './differences.js';
import { type Journal, type JournalChange, standing } from './journal.js';

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `CODE place: what is and would be (why)`. */
export function differenceText({ code, place, text, reason }: Difference): string {
  return `${code} ${place}: ${text}${reason === '' ? '' : ` (${reason})`}`;
}

/** A change of the journal in one line. */
export function changeText(change: JournalChange): string {
  if (change.type === 'ended') {
    const { code, place } = change.difference;
    return `agreed ${code} ${place}: after ${seconds(change.stoodMs)}`;
  }
  return `${change.type === 'began' ? 'differs' : 'changed'} ${differenceText(change.difference)}`;
}

/** What a run has seen, for its end. */
export function summaryLines(journal: Journal, lastedMs: number, nowMs: number): readonly string[] {
  const entries = [...journal.entries.values()];
  const open = standing(journal).length;
  const head = `shadowed for ${seconds(lastedMs)}: ${counted(entries.length, 'difference')} seen, ${open} stand now`;
  return [
    head,
    ...entries.map(({ difference, times, stoodMs, sinceMs }) => {
      const totalMs = stoodMs + (sinceMs === undefined ? 0 : nowMs - sinceMs);
      const state = sinceMs === undefined ? 'agreed now' : 'stands';
      return `  ${state}, ${counted(times, 'time')}, ${seconds(totalMs)} in all: ${differenceText(difference)}`;
    }),
  ];
}
