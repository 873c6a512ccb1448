import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import {
  applyOperation,
  desiredTable,
  diffTables,
  operationText,
  ownedKeys,
  type ServerVerdict,
  saveLines,
  serverKeyText,
  serviceKeyText,
  type Table,
  type TableAdjustments,
} from '@piranha/ipvs';
import type { TableTools } from './table-sync.js';

/** The table arithmetic of @piranha/ipvs, as the writer wants it. */
export const TABLE_TOOLS: TableTools = {
  diff: diffTables,
  apply: applyOperation,
  text: operationText,
  keys: ownedKeys,
};

/** The table that a configuration wants with its servers as healthy as they are, and as operators want them. */
export function desiredOf(
  configuration: LvsConfiguration,
  verdictOf: (server: RealServerConfig, service: VirtualServerConfig) => ServerVerdict | undefined,
  adjustments: TableAdjustments = {},
): Table {
  return desiredTable(
    configuration,
    (service, server) => verdictOf(server, service) ?? 'unknown',
    adjustments,
  );
}

/** Entries of the live table that are neither wanted nor owned: nobody's business but their maker's. */
export function foreignTexts(live: Table, desired: Table, owned: ReadonlySet<string>): string[] {
  const ours = new Set([...ownedKeys(desired), ...owned]);
  return live.services.flatMap(({ key, servers }) => {
    const service = serviceKeyText(key);
    if (!ours.has(service)) return [service];
    return servers.map((server) => `${service} ${serverKeyText(server)}`).filter((text) => !ours.has(text));
  });
}

/** A table in the spelling of `ipvsadm -Sn`. */
export const tableLines: (table: Table) => readonly string[] = saveLines;
