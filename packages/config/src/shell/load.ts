import { createHash } from 'node:crypto';
import { mentionsOf } from '../core/mentions.js';
import { hostNamesOf, type ParsedLvsCf, parseLvsCf } from '../core/parse-lvs-cf.js';
import type { Mention } from '../mention-model.js';
import type { Diagnostic, LoadResult } from '../model.js';
import { readServicePorts, resolveHosts } from './names.js';
import { readLimited } from './read-limited.js';

const MAXIMUM_FILE_BYTES = 4 * 1024 * 1024;

function failed(path: string, code: string, text: string, hint: string): LoadResult {
  const diagnostic: Diagnostic = { severity: 'error', code, line: 0, column: 0, text, hint };
  return { file: path, configuration: undefined, diagnostics: [diagnostic] };
}

/** Parses bytes of a file, with the service names of this machine and its host names looked up (3 s at most). */
async function parseWithNames(bytes: Uint8Array, path: string): Promise<ParsedLvsCf> {
  const ports = await readServicePorts();
  const first = parseLvsCf(bytes, { file: path, ports });
  const names = hostNamesOf(first.parsed);
  if (names.length === 0) return first;
  return parseLvsCf(bytes, { file: path, ports, hosts: await resolveHosts(names) });
}

/**
 * Reads an lvs.cf of at most 4 MiB. Never rejects for what the file is or lacks: an unreadable file is an error
 * among the diagnostics too (`CF_READ`, `CF_TOO_LARGE`), at line 0.
 */
export async function loadConfiguration(path: string): Promise<LoadResult> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readLimited(path, MAXIMUM_FILE_BYTES);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `I/O error while reading configuration: ${reason}`;
    return failed(path, 'CF_READ', text, 'name another file with --configfile');
  }
  if (!bytes) {
    const text = `the file is larger than ${MAXIMUM_FILE_BYTES / 1024 / 1024} MiB`;
    return failed(path, 'CF_TOO_LARGE', text, 'is this an lvs.cf?');
  }
  return parseConfiguration(bytes, path);
}

/** As loadConfiguration, for bytes that come from elsewhere, such as standard input; `file` is their name in messages. */
export async function parseConfiguration(bytes: Uint8Array, file: string): Promise<LoadResult> {
  const parsed = await parseWithNames(bytes, file);
  const mentions = mentionsOf(parsed.parsed, parsed.tree.lines);
  const found = await patternsOf(mentions);
  const isBroken = found.some(({ severity }) => severity === 'error');
  const diagnostics = [...parsed.diagnostics, ...found].sort(
    (one, other) => one.line - other.line || one.column - other.column,
  );
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { file, hash, configuration: isBroken ? undefined : parsed.configuration, diagnostics, mentions };
}

/** The engine is loaded only where a file has a regular expression: most have none, and each daemon reads the file. */
async function patternsOf(mentions: readonly Mention[]): Promise<readonly Diagnostic[]> {
  if (!mentions.some(({ kind }) => kind === 'regex' || kind === 'expect')) return [];
  const { patternFindings } = await import('../core/mentioned-patterns.js');
  return patternFindings(mentions);
}
