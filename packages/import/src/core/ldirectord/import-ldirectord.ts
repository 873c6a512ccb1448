import { ServiceCollector } from '../collect.js';
import { completeImport } from '../complete.js';
import { type Draft, emptyDraft } from '../draft.js';
import { Ledger } from '../ledger.js';
import type { Imported, ImportOptions, SourceText } from '../notes.js';
import { Scope } from '../scope.js';
import type { LdirectordWord } from './directives.js';
import { noteUnusedGlobals, readGlobals } from './globals.js';
import { readLdirectord } from './lines.js';
import { readMail, readMaintenance } from './notices.js';
import { ldirectordReason } from './reasons.js';
import { readVirtual } from './virtual.js';

/** Puts the services of an ldirectord.cf into a collector of the draft, and what holds for all into the draft. */
export function readServices(
  draft: Draft,
  collector: ServiceCollector,
  source: SourceText,
  ledger: Ledger,
): void {
  const top = readLdirectord(source.file, source.text, ledger);
  const scope = new Scope<LdirectordWord>(ledger, top);
  const globals = readGlobals(scope);
  readMail(draft, scope, top);
  readMaintenance(draft, scope);
  for (const header of scope.all('virtual', 'virtual6')) {
    const virtual = readVirtual(ledger, header, globals);
    if (virtual) collector.add(header, [virtual]);
    else for (const child of header.children ?? []) ledger.noteAll(child, 'its virtual is not carried over');
  }
  noteUnusedGlobals(scope, globals);
  ledger.settle(top, ldirectordReason);
}

/**
 * An lvs.cf from an ldirectord.cf. What cannot be carried over is in the notes: every statement is in one of the two.
 * @throws UserError `IMPORT_TOO_LARGE`
 */
export function importLdirectord(source: SourceText, options: ImportOptions): Imported {
  const ledger = new Ledger(source.file);
  const draft = emptyDraft();
  readServices(draft, new ServiceCollector(draft, ledger), source, ledger);
  return completeImport(draft, ledger, options, 'ldirectord');
}
