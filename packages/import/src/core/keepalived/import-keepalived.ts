import { completeImport } from '../complete.js';
import { emptyDraft } from '../draft.js';
import { Ledger } from '../ledger.js';
import type { Imported, ImportOptions, SourceText } from '../notes.js';
import { Scope } from '../scope.js';
import type { KeepalivedWord } from './directives.js';
import { readGlobal } from './global.js';
import { readMail, readUser } from './notices.js';
import { keepalivedReason } from './reasons.js';
import { readServices } from './services.js';
import { type IncludeReader, readKeepalived } from './source.js';
import { readVrrp } from './vrrp.js';

/**
 * An lvs.cf from a keepalived.conf. What cannot be carried over is in the notes: every statement is in one of the two.
 * @param include gives the files that are named by `include`
 * @throws UserError `IMPORT_TOO_LARGE`
 */
export function importKeepalived(
  source: SourceText,
  include: IncludeReader,
  options: ImportOptions,
): Imported {
  const ledger = new Ledger(source.file);
  const top = readKeepalived(source, ledger, include);
  const draft = emptyDraft();
  const scope = new Scope<KeepalivedWord>(ledger, top);
  const globals = scope.all('global_defs');
  for (const block of globals) ledger.carried(block);
  const inGlobals = globals.flatMap(({ children }) => children ?? []);
  const global = new Scope<KeepalivedWord>(ledger, inGlobals);
  const { device } = readGlobal(draft, global);
  readMail(draft, global);
  readVrrp(draft, scope, options.device ?? device);
  readServices(draft, scope);
  readUser(draft, global);
  ledger.settle(top, keepalivedReason);
  return completeImport(draft, ledger, options, 'keepalived');
}
