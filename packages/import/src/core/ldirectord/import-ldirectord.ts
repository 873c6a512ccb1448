import { ServiceCollector } from '../collect.js';
import { completeImport } from '../complete.js';
import { emptyDraft } from '../draft.js';
import { Ledger } from '../ledger.js';
import type { Imported, ImportOptions, SourceText } from '../notes.js';
import { Scope } from '../scope.js';
import { readGlobals } from './globals.js';
import { readLdirectord } from './lines.js';
import { ldirectordReason } from './reasons.js';
import { readVirtual } from './virtual.js';

/** Puts the services of an ldirectord.cf into a collector. */
export function readServices(collector: ServiceCollector, source: SourceText, ledger: Ledger): void {
  const top = readLdirectord(source.file, source.text, ledger);
  const scope = new Scope(ledger, top);
  const globals = readGlobals(scope);
  for (const header of scope.all('virtual', 'virtual6')) {
    const virtual = readVirtual(ledger, header, globals);
    if (virtual) collector.add(header, [virtual]);
    else for (const child of header.children ?? []) ledger.noteAll(child, 'its virtual is not carried over');
  }
  ledger.settle(top, ldirectordReason);
}

/**
 * An lvs.cf from an ldirectord.cf. What cannot be carried over is in the notes: every statement is in one of the two.
 * @throws UserError `IMPORT_TOO_LARGE`
 */
export function importLdirectord(source: SourceText, options: ImportOptions): Imported {
  const ledger = new Ledger(source.file);
  const draft = emptyDraft();
  readServices(new ServiceCollector(draft, ledger), source, ledger);
  return completeImport(draft, ledger, options, 'ldirectord');
}
