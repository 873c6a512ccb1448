import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

// npm run soak -- --seed 1 --seeds 10 --hours 1: a simulated pair on a noisy network with adaptive mode, then with the
// settings that lvsctl advise proposes; the figures of docs/heartbeat-timing.md. Exit 1 at a false takeover.
ensureBuilt();
const { soakSeed } = await import(pathToFileURL(join(ROOT, 'packages/simulator/dist/index.js')).href);
const text = (value) => ({ type: 'string', default: String(value) });
const { values } = parseArgs({
  options: {
    seed: text(1),
    seeds: text(1),
    hours: text(1),
    'measured-hours': text(1),
    keepalive: text(0.2),
    deadtime: text(2),
    loss: text(5),
    jitter: text(50),
    years: text(10),
    crashes: text(10),
  },
});
const number = (name) => Number(values[name]);
const first = number('seed');
const all = [];
let falseTakeovers = 0;
for (let seed = first; seed < first + number('seeds'); seed += 1) {
  const figures = soakSeed({
    seed,
    settings: {
      role: 'primary',
      hasPartner: true,
      keepaliveMs: number('keepalive') * 1_000,
      deadtimeMs: number('deadtime') * 1_000,
      releaseLimitMs: 3_000 + (number('keepalive') + number('deadtime')) * 1_000,
      vips: ['10.0.0.8', '10.0.0.9'],
    },
    noise: { lossShare: number('loss') / 100, jitterMs: number('jitter'), duplicateShare: 0 },
    falseTakeoverYears: number('years'),
    measuredHours: number('measured-hours'),
    hours: number('hours'),
    crashes: number('crashes'),
  });
  falseTakeovers += figures.falseTakeoversAdaptive + figures.falseTakeoversAdvised;
  all.push(...figures.detectedMs);
  process.stdout.write(
    `seed ${seed}: adaptive ${figures.thresholdMs} ms, ${figures.falseTakeoversAdaptive} false; ` +
      `advised deadtime ${figures.advisedDeadtimeMs} ms, ${figures.falseTakeoversAdvised} false; ` +
      `deaths noticed after ${figures.detectedMs.map(Math.round).join(' ')} ms\n`,
  );
}
all.sort((one, other) => one - other);
process.stdout.write(
  `${falseTakeovers} false takeovers; deaths noticed after ${Math.round(all[all.length >> 1])} ms (median), ` +
    `${Math.round(all.at(-1))} ms at most, the deadtime being ${number('deadtime') * 1_000} ms\n`,
);
process.exit(falseTakeovers > 0 ? 1 : 0);
