import type { SyncDaemon, SyncSide } from '@piranha/ipvs';

/** How the two sides of the kernel's connection synchronisation are run. */

/** Arguments of ipvsadm that start a side. The master sends each connection at once: datagrams of the least length. */
export function startArguments(side: SyncSide, device: string, syncId: number): readonly string[] {
  const common = ['--start-daemon', side, '--mcast-interface', device, '--syncid', String(syncId)];
  return side === 'master' ? [...common, '--sync-maxlen', '1'] : common;
}

/** True when a running side is the one that these settings ask for. */
export function syncDaemonFits(
  side: SyncSide,
  daemon: SyncDaemon,
  wanted: { readonly syncInterface: string; readonly syncId: number },
): boolean {
  const sameGroup = daemon.interface === wanted.syncInterface && daemon.syncId === wanted.syncId;
  return sameGroup && (side === 'backup' || daemon.maxLength === undefined || daemon.maxLength === 1);
}
