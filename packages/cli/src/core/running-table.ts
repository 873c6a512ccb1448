import { UserError } from '@piranha/common';
import type { RealServerConfig, VirtualServerConfig } from '@piranha/config';
import {
  ownedKeys,
  readTableValue,
  serverKeyText,
  serviceKeyOf,
  serviceKeyText,
  type Table,
} from '@piranha/ipvs';
import type { LvsdStatus } from '@piranha/protocol';
import { EXIT } from './exit-status.js';

/** The table of a running director and the keys of what is lvsd's in it. */
export interface RunningTable {
  readonly table: Table;
  readonly owned: ReadonlySet<string>;
}

/**
 * Reads lvsd's answer to `table`.
 * @throws UserError `ANSWER_BAD` or `CONTROL_BAD_PARAMS` when it has another form
 */
export function readRunningTable(answer: unknown): RunningTable {
  const fields: { table?: unknown; owned?: unknown } =
    typeof answer === 'object' && answer !== null ? answer : {};
  const { owned } = fields;
  if (!Array.isArray(owned) || !owned.every((key): key is string => typeof key === 'string')) {
    throw new UserError('answer to table: owned: list of texts expected', {
      code: 'ANSWER_BAD',
      hint: 'daemons and lvsctl must be of one version: restart the daemons after an update',
      exitCode: EXIT.trouble,
    });
  }
  return { table: readTableValue(fields.table), owned: new Set(owned) };
}

/** Entries of a live table that are neither wanted nor lvsd's; a foreign service stands for its servers too. */
export function foreignEntries(running: RunningTable, desired: Table): string[] {
  const ours = new Set([...ownedKeys(desired), ...running.owned]);
  return running.table.services.flatMap(({ key, servers }) => {
    const service = serviceKeyText(key);
    if (!ours.has(service)) return [service];
    return servers.map((server) => `${service} ${serverKeyText(server)}`).filter((text) => !ours.has(text));
  });
}

/** The weights that a running lvsd has moved from the configured ones, for the same servers of the same services. */
export function weightsFromStatus(
  status: LvsdStatus,
): (server: RealServerConfig, service: VirtualServerConfig) => number | undefined {
  const moved = new Map<string, number>();
  for (const { key, servers } of status.services) {
    for (const { movingWeight, configuredWeight, ...server } of servers) {
      const text = `${key} ${serverKeyText(server)} ${configuredWeight}`;
      if (movingWeight !== undefined) moved.set(text, movingWeight);
    }
  }
  return (server, service) => {
    const key = serviceKeyOf(service);
    if (key === undefined || server.weighing === undefined) return undefined;
    // Under another configured weight it would not stay where it is.
    return moved.get(`${serviceKeyText(key)} ${serverKeyText(server)} ${server.weight}`);
  };
}
