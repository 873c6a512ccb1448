/** What travels when an lvs.cf is copied between the directors, on pulse's Unix socket and between the two pulses. */

/** Longest time from an order to its answer: a check, writing, and a reload on either side, ms. */
export const SYNC_LIMIT_MS = 150_000;

export type SyncDirection = 'push' | 'pull';

/** pulse's method `sync.file`: the lvs.cf of a director as it is on disk. */
export interface SyncFileRequest {
  readonly side: 'own' | 'partner';
  /** Who asks. */
  readonly by: string;
}

export interface SyncFile {
  /** Of the node that has it. */
  readonly path: string;
  readonly contentBase64: string;
  /** 16 hexadecimal digits, as in the beats. */
  readonly hash: string;
  readonly serial: number;
  /** False: it was edited since, and this director has not read it again. */
  readonly inUse: boolean;
}

/** pulse's method `sync.copy`: `push` gives the own file to the partner, `pull` takes the partner's. */
export interface SyncRequest {
  readonly direction: SyncDirection;
  /** Everything but the writing. */
  readonly dryRun: boolean;
  /** Although the other file is newer, was edited, or moves the heartbeats. */
  readonly force: boolean;
  readonly by: string;
  /** Of the files that the operator has seen. */
  readonly ownHash: string;
  readonly partnerHash: string;
}

export interface SyncAnswer {
  readonly ok: boolean;
  /** Whether a file was written, or with `dryRun` would be. */
  readonly changed: boolean;
  /** What was done, or why not. */
  readonly text: string;
  /** Stable code of a refusal. */
  readonly code?: string | undefined;
  readonly hint?: string | undefined;
  /** serial_no of the file that was written. */
  readonly serial?: number | undefined;
  /** Findings of the check where the file goes to, `FILE:LINE:COLUMN: severity CODE: text`. */
  readonly diagnostics: readonly string[];
  /** Changes of the table there, ipvsadm's spelling. */
  readonly operations: readonly string[];
  /** Where the old file is kept, there. */
  readonly kept?: string | undefined;
}
