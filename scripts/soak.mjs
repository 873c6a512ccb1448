import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

// npm run soak -- --seed 1 --seeds 10 --hours 1: a simulated pair on a noisy network with adaptive mode, then with the
// settings that lvsctl advise proposes; the figures of docs/heartbeat-timing.md. Exit 1 at a false takeover.
ensureBuilt();
const { pairSettings, soakSeed } = await import(
  pathToFileURL(join(ROOT, 'packages/simulator/dist/index.js')).href
);
/** Of each option what it is unless it is given, and the least that makes sense. */
const OPTIONS = {
  seed: [1, 0],
  seeds: [1, 1],
  hours: [1, 0.01],
  'measured-hours': [1, 0.01],
  keepalive: [0.2, 0.01],
  deadtime: [2, 0.01],
  loss: [5, 0],
  jitter: [50, 0],
  years: [10, 0.1],
  crashes: [10, 1],
};
const { values } = parseArgs({
  options: Object.fromEntries(
    Object.entries(OPTIONS).map(([name, [usual]]) => [name, { type: 'string', default: String(usual) }]),
  ),
});
/** A word that is no number would else run no seed and find no false takeover. */
const number = (name) => {
  const value = Number(values[name]);
  const [, least] = OPTIONS[name];
  if (Number.isFinite(value) && value >= least) return value;
  process.stderr.write(`soak: --${name} is a number of at least ${least}\n`);
  process.exit(2);
};
const textOf = (ms) => (ms === undefined ? 'none' : `${ms} ms`);
const first = number('seed');
const all = [];
let falseTakeovers = 0;
for (let seed = first; seed < first + number('seeds'); seed += 1) {
  const figures = soakSeed({
    seed,
    settings: pairSettings(number('keepalive') * 1_000, number('deadtime') * 1_000),
    noise: { lossShare: number('loss') / 100, jitterMs: number('jitter'), duplicateShare: 0 },
    falseTakeoverYears: number('years'),
    measuredHours: number('measured-hours'),
    hours: number('hours'),
    crashes: number('crashes'),
  });
  falseTakeovers += figures.falseTakeoversAdaptive + figures.falseTakeoversAdvised;
  all.push(...figures.detectedMs);
  process.stdout.write(
    `seed ${seed}: adaptive ${textOf(figures.thresholdMs)}, ${figures.falseTakeoversAdaptive} false; ` +
      `advised deadtime ${textOf(figures.advisedDeadtimeMs)}, ${figures.falseTakeoversAdvised} false; ` +
      `deaths noticed after ${figures.detectedMs.map(Math.round).join(' ')} ms\n`,
  );
}
all.sort((one, other) => one - other);
process.stdout.write(
  `${falseTakeovers} false takeovers; deaths noticed after ${Math.round(all[all.length >> 1])} ms (median), ` +
    `${Math.round(all.at(-1))} ms at most, the deadtime being ${number('deadtime') * 1_000} ms\n`,
);
process.exit(falseTakeovers > 0 ? 1 : 0);
