import type { PulseSettings } from '@piranha/pulse/machines';
import type { Script } from './faults.js';
import type { SeededRandom } from './random.js';

/** What a new lvs.cf changes. */
export type ReloadTimes = Pick<PulseSettings, 'keepaliveMs' | 'deadtimeMs'>;

const NODES = ['primary', 'backup'] as const;
/** What the times of a file are multiplied by, and how many keepalives a deadtime has. */
const FACTORS = [0.25, 0.5, 1, 2, 6] as const;
const KEEPALIVES = [2.5, 4] as const;

/** Both directors of a calm pair read files with other times, one soon or long after the other. */
export function withReloads(
  random: SeededRandom,
  script: Script,
  { keepaliveMs, deadtimeMs }: ReloadTimes,
): Script {
  const otherMs = keepaliveMs * random.pick(FACTORS);
  const times = { keepaliveMs: otherMs, deadtimeMs: otherMs * random.pick(KEEPALIVES) };
  const durationMs = random.between(1, random.chance(0.5) ? keepaliveMs : 4 * deadtimeMs);
  const fault = { kind: 'reload', node: random.pick(NODES), times, durationMs } as const;
  const calmMs = 6 * deadtimeMs + 4_000;
  return { ...script, faults: [{ atMs: calmMs + random.between(0, 2 * deadtimeMs), fault }] };
}

/** The slowest times that a script brings about: by these a pair is judged. */
export function slowestOf(settings: PulseSettings, { faults }: Pick<Script, 'faults'>): PulseSettings {
  const all = [settings, ...faults.flatMap(({ fault }) => (fault.kind === 'reload' ? [fault.times] : []))];
  return {
    ...settings,
    keepaliveMs: Math.max(...all.map((times) => times.keepaliveMs)),
    deadtimeMs: Math.max(...all.map((times) => times.deadtimeMs)),
  };
}
