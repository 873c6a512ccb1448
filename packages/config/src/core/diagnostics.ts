import type { Diagnostic, Severity } from '../model.js';
import { columnOf } from './bytes.js';
import type { SourceLine } from './lexer.js';

/** More findings than this are cut off: nobody reads them, and a garbage file of 4 MiB would give millions. */
const MAXIMUM_FINDINGS = 1000;

/** A place in the file: line from 0 and byte in that line from 0. */
export interface Place {
  readonly lineIndex: number;
  readonly byteIndex: number;
}

/** Collects findings; places become line and column from 1 here and nowhere else. */
export class Findings {
  private readonly found: Diagnostic[] = [];
  private readonly lines: readonly SourceLine[];
  private errors = 0;

  constructor(lines: readonly SourceLine[]) {
    this.lines = lines;
  }

  get errorCount(): number {
    return this.errors;
  }

  /** True once no further finding is kept; then hints are not worth their time. */
  get full(): boolean {
    return this.found.length >= MAXIMUM_FINDINGS;
  }

  error(code: string, place: Place | undefined, text: string, hint?: string): void {
    this.errors += 1;
    this.add('error', code, place, text, hint);
  }

  warning(code: string, place: Place | undefined, text: string, hint?: string): void {
    this.add('warning', code, place, text, hint);
  }

  /** All findings in the order of the file; at one place errors come first. */
  sorted(): Diagnostic[] {
    const rank = (finding: Diagnostic) => (finding.severity === 'error' ? 0 : 1);
    return [...this.found].sort((a, b) => a.line - b.line || a.column - b.column || rank(a) - rank(b));
  }

  private add(severity: Severity, code: string, place: Place | undefined, text: string, hint?: string): void {
    // The last one kept is an error if there is any: a file with errors must never look sound.
    if (this.full && !(severity === 'error' && this.errors === 1)) return;
    const line = place ? place.lineIndex + 1 : 0;
    const source = place ? (this.lines[place.lineIndex]?.text ?? '') : '';
    const column = place ? columnOf(source, place.byteIndex) : 0;
    this.found.push({
      severity,
      code,
      line,
      column,
      text: withoutControls(text),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** A finding stays one line and moves no cursor, whatever the file holds. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
}

/** A piece of the file for a message: one line, 100 characters at most. */
export function printable(text: string): string {
  const clean = withoutControls(text);
  return clean.length > 100 ? `${clean.slice(0, 100)}...` : clean;
}

/** One finding as `FILE:LINE:COLUMN: severity CODE: text`, with ` (hint: ...)` behind it when asked for. */
export function formatDiagnostic(
  file: string,
  finding: Diagnostic,
  options?: { readonly hint?: boolean },
): string {
  const hint = options?.hint && finding.hint ? ` (hint: ${finding.hint})` : '';
  return `${file}:${finding.line}:${finding.column}: ${finding.severity} ${finding.code}: ${finding.text}${hint}`;
}
