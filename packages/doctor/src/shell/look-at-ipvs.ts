import { existsSync } from 'node:fs';
import { UserError } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import { kernelDirector, SyncDaemonControl } from '@piranha/ipvs';
import type { Facts, SyncDaemonFact } from '../core/facts.js';
import { activeServices } from '../core/places.js';
import { isOnPath, outputOf } from './tools.js';

/** What the kernel's IPVS says of itself. */
type IpvsFacts = Pick<Facts, 'ipvsProblem' | 'missingSchedulers' | 'syncDaemons' | 'hasFtpHelper'>;

/** Looks at IPVS, as far as root may. */
export async function readIpvs(configuration: LvsConfiguration, isRoot: boolean): Promise<IpvsFacts> {
  const hasFtpHelper = isLoaded('ip_vs_ftp');
  const ipvsProblem = isRoot ? await findIpvsProblem(configuration.ipvsadmPath) : undefined;
  if (!isRoot || ipvsProblem !== undefined) {
    return { ipvsProblem, missingSchedulers: [], syncDaemons: undefined, hasFtpHelper };
  }
  const syncDaemons = await readSyncDaemons(configuration.ipvsadmPath);
  return { ipvsProblem, missingSchedulers: await findMissing(configuration), syncDaemons, hasFtpHelper };
}

/** Why the kernel's IPVS cannot be used, and what helps; undefined when it can. */
async function findIpvsProblem(ipvsadm: string): Promise<Facts['ipvsProblem']> {
  try {
    await kernelDirector(ipvsadm).readTable();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { code: error.code, text: error.message, remedy: error.hint ?? 'run ipvsadm -Ln by hand' };
  }
}

function isLoaded(module: string): boolean {
  return existsSync(`/sys/module/${module}`);
}

/** The schedulers that the kernel neither has nor would find. Nothing is loaded. */
async function findMissing(configuration: LvsConfiguration): Promise<readonly string[]> {
  if (!isOnPath('modprobe')) return [];
  const names = new Set(activeServices({ configuration }).map(({ scheduler }) => scheduler));
  const missing: string[] = [];
  for (const name of names) {
    const module = `ip_vs_${name}`;
    if (isLoaded(module)) continue;
    const found = await outputOf('modprobe', '--dry-run', '--quiet', module);
    if (found === undefined) missing.push(name);
  }
  return missing;
}

async function readSyncDaemons(ipvsadm: string): Promise<readonly SyncDaemonFact[] | undefined> {
  try {
    const found = await new SyncDaemonControl(() => ipvsadm).state();
    return (['master', 'backup'] as const).flatMap((side) => {
      const daemon = found[side];
      return daemon === undefined ? [] : [{ side, device: daemon.interface, syncId: daemon.syncId }];
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}
