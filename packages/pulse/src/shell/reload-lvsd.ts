import { UserError } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import type { ReloadAnswer } from '@piranha/protocol';
import { isHolding } from '../core/duties.js';
import type { PulseState } from '../core/types.js';
import type { SupervisedDaemon } from './supervised-daemon.js';

const RELOAD_LIMIT_MS = 30_000;

/**
 * Has lvsd read its lvs.cf again. A cold standby has none: it will read the file when it starts.
 * @throws UserError `PULSE_NO_LVSD`, or as the call
 */
export async function reloadLvsd(
  lvsd: Pick<SupervisedDaemon, 'connection' | 'status'>,
  now: Pick<LvsConfiguration, 'standby'>,
): Promise<ReloadAnswer> {
  const { connection } = lvsd;
  if (connection !== undefined) {
    return (await connection.call('reload', {}, RELOAD_LIMIT_MS)) as ReloadAnswer;
  }
  if (now.standby === 'cold' && lvsd.status().phase === 'idle')
    return { ok: true, diagnostics: [], operations: [] };
  throw new UserError('lvsd is not connected', { code: 'PULSE_NO_LVSD', hint: 'try again in a moment' });
}

/** Starts or ends the lvsd of a standby, where the new lvs.cf says so; whoever serves has one in any case. */
export async function followStandby(
  lvsd: Pick<SupervisedDaemon, 'start' | 'stop' | 'status'>,
  { standby }: Pick<LvsConfiguration, 'standby'>,
  now: () => Pick<PulseState, 'duty'>,
): Promise<void> {
  const isIdle = lvsd.status().phase === 'idle';
  if (standby === 'warm') {
    if (isIdle) lvsd.start();
    return;
  }
  const { duty } = now();
  if (isIdle || (duty !== 'standby' && duty !== 'claiming')) return;
  await lvsd.stop();
  // The addresses may have come here meanwhile.
  if (isHolding(now())) lvsd.start();
}
