import { parseLvsCf } from '@piranha/config';
import { importHeartbeat } from '../../src/core/heartbeat/import-heartbeat.js';
import { importKeepalived } from '../../src/core/keepalived/import-keepalived.js';
import { importLdirectord } from '../../src/core/ldirectord/import-ldirectord.js';
import type { Imported, ImportOptions } from '../../src/core/notes.js';

const ALL: ImportOptions = { device: 'eth0', primary: '10.0.0.1', backup: '10.0.0.2' };

/** Where nothing can be included. */
function noIncludes(): string {
  return 'it is not there';
}

export function fromKeepalived(text: string, options = ALL): Imported {
  return importKeepalived({ file: 'k', text }, noIncludes, options);
}

export function fromLdirectord(text: string, options = ALL): Imported {
  return importLdirectord({ file: 'l', text }, options);
}

export function fromHeartbeat(
  haCf: string,
  haResources: string,
  ldirectord: string,
  options = ALL,
): Imported {
  const sources = {
    haCf: { file: 'ha.cf', text: haCf },
    haResources: { file: 'haresources', text: haResources },
    ldirectord: (name: string) => ({ file: name, text: ldirectord }),
  };
  return importHeartbeat(sources, options);
}

/** Codes of the errors that a director would refuse the file for. */
export function errorsOf({ text }: Imported): readonly string[] {
  const { diagnostics } = parseLvsCf(new TextEncoder().encode(text), { file: 'lvs.cf', ports: new Map() });
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((one) => `${one.line} ${one.code} ${one.text}`);
}

/** Notes as `LINE: REASON`. */
export function reasonsOf({ notes }: Imported): readonly string[] {
  return notes.map(({ line, reason }) => `${line}: ${reason}`);
}
