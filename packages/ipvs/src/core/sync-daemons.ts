/** The two sides of the kernel's connection synchronisation, as ipvsadm shows them. */

export type SyncSide = 'master' | 'backup';

/** One running side. */
export interface SyncDaemon {
  readonly interface: string;
  readonly syncId: number;
  /** Largest datagram, bytes; undefined where an old ipvsadm does not print it. */
  readonly maxLength: number | undefined;
}

/** What runs; the kernel allows both sides at once. */
export interface SyncDaemons {
  readonly master: SyncDaemon | undefined;
  readonly backup: SyncDaemon | undefined;
}

const LINE = /^(master|backup) sync daemon \(mcast=([^,\s]+), syncid=(\d{1,3})(?:, maxlen=(\d{1,5}))?[,)]/;
const MOST_LINES = 16;

/** Reads the output of `ipvsadm -Ln --daemon`; lines of another form are skipped, no line means that nothing runs. */
export function parseSyncDaemons(text: string): SyncDaemons {
  const found: { master: SyncDaemon | undefined; backup: SyncDaemon | undefined } = {
    master: undefined,
    backup: undefined,
  };
  for (const line of text.split('\n', MOST_LINES)) {
    const [, side, device = '', syncId = '', maxLength] = LINE.exec(line.trim()) ?? [];
    if (side !== 'master' && side !== 'backup') continue;
    found[side] = {
      interface: device,
      syncId: Number(syncId),
      maxLength: maxLength === undefined ? undefined : Number(maxLength),
    };
  }
  return found;
}

/**
 * Arguments of ipvsadm that start a side. By default the master sends each connection at once: datagrams of the least
 * length. @param maxLength of the master's datagrams, bytes
 */
export function startArguments(
  side: SyncSide,
  device: string,
  syncId: number,
  maxLength = 1,
): readonly string[] {
  const common = ['--start-daemon', side, '--mcast-interface', device, '--syncid', String(syncId)];
  return side === 'master' ? [...common, '--sync-maxlen', String(maxLength)] : common;
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
