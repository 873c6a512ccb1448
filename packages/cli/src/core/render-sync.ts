import type { SyncAnswer, SyncDirection, SyncFile } from '@piranha/protocol';
import { lineDiff } from './line-diff.js';
import { terminalText } from './terminal-text.js';

interface SyncFiles {
  readonly own: SyncFile;
  readonly partner: SyncFile;
}

/** What would become of the file that is replaced, as `diff -u`; nothing where both are alike. */
export function syncDiff(direction: SyncDirection, { own, partner }: SyncFiles): string[] {
  const [from, to] = direction === 'push' ? [partner, own] : [own, partner];
  const lines = lineDiff(textOf(from), textOf(to));
  if (lines.length === 0) return [];
  const name = (file: SyncFile): string => {
    const unread = file.inUse ? '' : ', not in use yet';
    return `${file.path} (${file === own ? 'here' : 'partner'}, serial_no ${file.serial}${unread})`;
  };
  return [`--- ${name(from)}`, `+++ ${name(to)}`, ...lines].map(terminalText);
}

/** What came of it: one line. */
export function syncVerdict(direction: SyncDirection, dryRun: boolean, answer: SyncAnswer): string {
  const { text, serial, changed, kept, operations } = answer;
  const where = direction === 'push' ? 'the partner' : 'this director';
  if (!answer.ok) return `not copied: ${text}`;
  const warned = answer.diagnostics.length === 0 ? '' : '; its check warns, see above';
  if (dryRun) return `${changed ? `${where} would take it${serialText(serial)}` : text}${warned}`;
  if (!changed) return `${text}${warned}`;
  const table = `${operations.length} table ${operations.length === 1 ? 'operation' : 'operations'}`;
  const old = kept === undefined ? '' : `; the old one is ${kept}${direction === 'push' ? ' there' : ''}`;
  return `${where} has it in use${serialText(serial)}, ${table}${old}${warned}`;
}

function serialText(serial: number | undefined): string {
  return serial === undefined ? '' : `, serial_no ${serial}`;
}

/** Each byte a character where the text is no UTF-8, so that no difference is lost. */
function textOf({ contentBase64 }: SyncFile): string {
  const bytes = Buffer.from(contentBase64, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
