import { ServiceCollector } from '../collect.js';
import { completeImport } from '../complete.js';
import { emptyDraft } from '../draft.js';
import { readServices } from '../ldirectord/import-ldirectord.js';
import { Ledger } from '../ledger.js';
import type { Imported, ImportOptions, SourceText } from '../notes.js';
import { Scope } from '../scope.js';
import type { CARRIED } from './carried.js';
import { readHaCf } from './directives.js';
import { heartbeatReason, resourceReason } from './reasons.js';
import { type LdirectordResource, readGroup } from './resources.js';
import { readDirectives, readResources } from './words.js';

/** The files of a pair under heartbeat. */
export interface HeartbeatSources {
  readonly haCf: SourceText;
  readonly haResources: SourceText;
  /**
   * Gives the file that an ldirectord resource names, or the reason why it cannot be read.
   * @param name as written, such as `ldirectord.cf`
   */
  readonly ldirectord: (name: string) => SourceText | string;
}

function readServicesOf(
  resources: readonly LdirectordResource[],
  sources: HeartbeatSources,
  read: (source: SourceText) => void,
  ledger: Ledger,
): void {
  const seen = new Set<string>();
  for (const { statement, file } of resources) {
    const source = sources.ldirectord(file);
    if (typeof source === 'string') ledger.note(statement, source);
    else {
      ledger.carried(statement);
      if (!seen.has(source.file)) read(source);
      seen.add(source.file);
    }
  }
}

/**
 * An lvs.cf from an ha.cf and a haresources file, with the services of the ldirectord that these start. What cannot be
 * carried over is in the notes: every statement is in one of the two.
 * @throws UserError `IMPORT_TOO_LARGE`
 */
export function importHeartbeat(sources: HeartbeatSources, options: ImportOptions): Imported {
  const ledger = new Ledger(sources.haCf.file);
  const draft = emptyDraft();
  draft.primary = options.primary;
  draft.backup = options.backup;
  const directives = readDirectives(sources.haCf);
  readHaCf(draft, new Scope<keyof typeof CARRIED>(ledger, directives));
  ledger.settle(directives, heartbeatReason);
  const groups = readResources(sources.haResources);
  const resources = groups.flatMap((group) => readGroup(draft, ledger, group, options));
  for (const group of groups.slice(1)) {
    if (group.words[0] === groups[0]?.words[0]) continue;
    ledger.note(group, 'all addresses move together: one director serves, whichever node was meant to');
  }
  const collector = new ServiceCollector(draft, ledger);
  readServicesOf(resources, sources, (source) => readServices(draft, collector, source, ledger), ledger);
  ledger.settle(groups, resourceReason);
  return completeImport(draft, ledger, options, 'heartbeat');
}
