// Asks witnesses until it is killed: `ready`, then what is known of them, one JSON document a line.
import { monotonicNowMs } from '../../packages/common/dist/index.js';
import { WitnessWatch } from '../../packages/witness/dist/index.js';

const config = JSON.parse(process.argv[2]);
const watch = new WitnessWatch({ config, onChange: () => undefined });
console.log('ready');
watch.start();
const since = new Map();
setInterval(() => {
  // As a director does whose partner is silent: how long does proof take that is wanted now?
  const nowMs = monotonicNowMs();
  for (const [sinceMs, told] of since) if (watch.freshProof(sinceMs)) told.freshAfterMs ??= nowMs - sinceMs;
  if (since.size === 0 && watch.status().isEnough) {
    since.set(nowMs, {});
    watch.askNow(nowMs);
  }
  const [fresh] = since.values();
  console.log(JSON.stringify({ ...watch.status(), ...fresh }));
}, 20);
