import { rmSync } from 'node:fs';
import { readHeldFile, writeHeldFile } from '@piranha/addresses';
import { UserError } from '@piranha/common';
import { kernelDirector, readOwned, removeOwned, SyncDaemonControl } from '@piranha/ipvs';
import { RouteNetlink } from '@piranha/net';
import type { RunDirectory } from '@piranha/protocol';
import { giveAddressesBack } from '../core/address-moves.js';
import type { AdoptionRecord } from '../core/adoption-record.js';
import { livingProcess, type ProcessName, thaw } from './freeze.js';
import { moveAddresses, restoreForwarding } from './kernel-state.js';
import { leavePulse } from './our-daemons.js';
import { readAdoption, removeAdoption } from './record-file.js';

export interface GiveBackOptions {
  readonly files: RunDirectory;
  /** What was frozen; they go on at the end. */
  readonly processes: readonly ProcessName[];
}

/**
 * Undoes an adoption, or the part of it that was done: pulse leaves, addresses and table become what they were, and the
 * frozen product goes on as if nothing had been. Nothing is ever away.
 * @throws UserError `ADOPT_NOT_GIVEN_BACK` when the table could not be made as it was; the product goes on all the same
 */
export async function giveBack({ files, processes }: GiveBackOptions): Promise<void> {
  const record = readAdoption(files.adoption);
  await leavePulse(files);
  let problems: readonly string[] = [];
  try {
    if (record !== undefined) problems = await restore(files, record);
  } finally {
    // Whatever went wrong: pulse is gone, and somebody has to look after the service.
    thaw(processes);
  }
  if (problems.length > 0) {
    throw new UserError(`not everything is as it was: ${problems.join('; ')}`, {
      code: 'ADOPT_NOT_GIVEN_BACK',
      hint: 'restart the product when it suits, so that it writes its table anew',
    });
  }
  removeAdoption(files.adoption);
}

async function restore(files: RunDirectory, record: AdoptionRecord): Promise<readonly string[]> {
  const { ipvsadmPath } = record;
  restoreAddresses(files, record);
  const owned = readOwned(files.ownedEntries);
  const daemons = new SyncDaemonControl(() => ipvsadmPath);
  const problems = await restoreForwarding(kernelDirector(ipvsadmPath), daemons, record, owned);
  removeOwned(files.ownedEntries);
  return problems;
}

/** Pulse forgets the addresses before they are touched: nothing of it may remove them later. */
function restoreAddresses(files: RunDirectory, { addresses }: AdoptionRecord): void {
  const { held } = readHeldFile(files.heldAddresses);
  const route = new RouteNetlink();
  try {
    const moves = giveAddressesBack(addresses, held, route.links(), route.addresses());
    writeHeldFile(files.heldAddresses, []);
    moveAddresses(moves);
  } finally {
    route.close();
  }
  rmSync(files.pulseState, { force: true });
}

/** Whether the product of a record was never stopped, or goes on already. */
export function goesOn(record: AdoptionRecord): boolean {
  return record.processes.some((process) => livingProcess(process)?.isStopped === false);
}

/** The frozen processes of a record that still live. */
export function frozenOf(record: AdoptionRecord): readonly ProcessName[] {
  return record.processes.filter((process) => livingProcess(process)?.isStopped === true);
}
