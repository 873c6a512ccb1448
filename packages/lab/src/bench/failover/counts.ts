import { writeFileSync } from 'node:fs';
import { monotonicNowMs } from '@piranha/common';
import { HeartbeatStatistics } from '@piranha/pulse/machines';
import { addressOf, privateAddressOf, type Side } from './stage.js';

/** More than adaptive mode asks for. */
const BEATS = 12_000;

/**
 * Writes the counts of heartbeats that an earlier pulse of this boot leaves, of which none was lost or late: adaptive mode
 * wants hours of them, which a bench cannot wait for.
 */
export function keepGoodCounts(file: string, side: Side, beatMs: number, deadtimeMs: number): void {
  const partner = side === 'a' ? 'b' : 'a';
  const paths = [
    `public ${addressOf(side)} ${addressOf(partner)}`,
    `private ${privateAddressOf(side)} ${privateAddressOf(partner)}`,
  ];
  const counts = new HeartbeatStatistics(paths, beatMs, deadtimeMs);
  const nowMs = monotonicNowMs();
  for (let beat = BEATS; beat > 0; beat -= 1) {
    for (const path of paths) counts.heard(path, { nowMs: nowMs - beat * beatMs });
  }
  writeFileSync(file, JSON.stringify(counts.saved(nowMs)), { mode: 0o600 });
}
