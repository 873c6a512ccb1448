import type { GuardianStatus, LvsdStatus, PulseStatus } from '@piranha/protocol';

/** A daemon's answer, or why there is none. */
export type DaemonAnswer<T> =
  | { readonly reached: true; readonly status: T }
  | { readonly reached: false; readonly reason: string };

/** Everything that `lvsctl status` shows. */
export interface StatusView {
  readonly runDirectory: string;
  readonly pulse: DaemonAnswer<PulseStatus>;
  readonly lvsd: DaemonAnswer<LvsdStatus>;
  /** Where pulse does not answer, and its guardian does. */
  readonly guardian?: GuardianStatus;
  /** An adoption that is neither undone nor finished: the product that stands frozen, since when (ISO 8601). */
  readonly adoption?: { readonly kind: string; readonly at: string };
}

/** True when a cold standby does without lvsd on purpose: pulse runs, is not active and has not started it. */
export function isLvsdWanted({ pulse }: StatusView): boolean {
  if (!pulse.reached || pulse.status.active) return true;
  return pulse.status.children.some(({ name, phase }) => name === 'lvsd' && phase !== 'idle');
}
