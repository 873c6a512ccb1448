import { connect } from 'node:net';
import { monotonicNowMs } from '@piranha/common';
import { percentile } from '../table.js';
import { loopbackAddress } from './shape.js';

// What checks of connects cost at least in Node: so many connects a second, each reset at once, without states, reports,
// or anybody who is told. Arguments: connects a second, port, ms to settle, ms that are measured. Tells its figures and ends.

/** More than this under way at a time would be a storm. */
const MOST_UNDER_WAY = 4_096;
const CONNECT_LIMIT_MS = 1_000;

/** What the bare connects took. */
export interface BareFigures {
  readonly connects: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly lateP50Ms: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

const [rate = 0, port = 0, settleMs = 0, measuredMs = 0] = process.argv.slice(2).map(Number);
const startedAtMs = monotonicNowMs();
let begun = 0;
let connected = 0;
let underWay = 0;
let lateness: number[] = [];

function begin(index: number): void {
  underWay += 1;
  const socket = connect({ host: loopbackAddress(index), port, autoSelectFamily: false });
  const limit = setTimeout(() => socket.destroy(), CONNECT_LIMIT_MS);
  socket.on('error', () => undefined);
  socket.once('connect', () => {
    connected += 1;
    socket.resetAndDestroy();
  });
  socket.once('close', () => {
    clearTimeout(limit);
    underWay -= 1;
  });
}

setInterval(() => {
  const nowMs = monotonicNowMs();
  for (;;) {
    const dueMs = startedAtMs + (begun * 1_000) / rate;
    if (dueMs > nowMs || underWay >= MOST_UNDER_WAY) return;
    lateness.push(nowMs - dueMs);
    begin(begun % rate);
    begun += 1;
  }
}, 1);

setTimeout(() => {
  const used = process.cpuUsage();
  const sinceMs = monotonicNowMs();
  const before = connected;
  lateness = [];
  setTimeout(() => {
    const { user, system } = process.cpuUsage(used);
    const figures: BareFigures = {
      connects: connected - before,
      seconds: (monotonicNowMs() - sinceMs) / 1_000,
      processorSeconds: (user + system) / 1_000_000,
      lateP50Ms: percentile(lateness, 0.5),
      lateP99Ms: percentile(lateness, 0.99),
      lateMaxMs: lateness.reduce((most, value) => Math.max(most, value), 0),
    };
    process.send?.(figures, () => process.exit(0));
  }, measuredMs);
}, settleMs);
