/** Which numbers of a growing sequence were seen: the newest one and the 63 below it. */
export interface ReplayWindow {
  readonly newest: number;
  /** Bit n: the number n below the newest one was seen; 64 bits. */
  readonly seen: bigint;
}

export const WINDOW_WIDTH = 64;
const ALL = (1n << BigInt(WINDOW_WIDTH)) - 1n;

/** A window that begins at `sequence`: everything up to it counts as seen. */
export function windowAt(sequence: number): ReplayWindow {
  return { newest: sequence, seen: ALL };
}

export type WindowVerdict =
  | { readonly type: 'newer' | 'older'; readonly window: ReplayWindow }
  | { readonly type: 'duplicate' | 'too old' };

/** Takes a number in: newer than all before, an older one that was missing, one that was seen, or below the window. */
export function admit(window: ReplayWindow, sequence: number): WindowVerdict {
  const ahead = sequence - window.newest;
  if (ahead > 0) {
    const seen = ahead >= WINDOW_WIDTH ? 1n : ((window.seen << BigInt(ahead)) & ALL) | 1n;
    return { type: 'newer', window: { newest: sequence, seen } };
  }
  if (-ahead >= WINDOW_WIDTH) return { type: 'too old' };
  const bit = 1n << BigInt(-ahead);
  if ((window.seen & bit) !== 0n) return { type: 'duplicate' };
  return { type: 'older', window: { newest: window.newest, seen: window.seen | bit } };
}
