import { type LvsConfiguration, releaseLimitMs, type WitnessConfig } from '@piranha/config';
import type { NodeRole } from '@piranha/protocol';
import { receiveBeat } from '@piranha/protocol/beat';
import {
  beatsCount,
  gateAfterMs,
  groupPlans,
  leaveLimitMs,
  nextTickMs,
  type PulseSettings,
  pulseSettings,
  settingsInUse,
  startGuardian,
  startPulse,
  stepFailback,
  stepGuardian,
  stepPulse,
} from '@piranha/pulse/machines';
import { boundsOf } from './bounds.js';
import { clockStepText, faultText, type Script, scriptOf } from './faults.js';
import { scriptOfSeveral } from './faults-several.js';
import { NODE_NAMES, namesIn } from './names.js';
import { type Outcome, runScript } from './pair.js';
import { SeededRandom } from './random.js';
import { withReloads } from './reloads.js';
import { shrink } from './shrink.js';
import { withSmallFaults } from './small-faults.js';
import type { Machines, SimulatedPair } from './world.js';

/** The daemons' own state machines. */
export const OWN_MACHINES: Machines = {
  startPulse,
  stepPulse,
  nextTickMs,
  settingsInUse,
  startGuardian,
  stepGuardian,
  stepFailback,
  clockMs: ({ monotonicMs }) => monotonicMs,
  receiveBeat,
  beatsCount,
};

/** What a seed led to that must not be. */
export interface Failure {
  readonly seed: number;
  readonly promise: string;
  /** For a person: the faults that are left after shrinking, and what happened. */
  readonly lines: readonly string[];
}

/** Settings of a pair with two addresses, where no lvs.cf gives them. */
export function pairSettings(keepaliveMs: number, deadtimeMs: number): PulseSettings {
  return {
    role: 'primary',
    hasPartner: true,
    keepaliveMs,
    deadtimeMs,
    releaseLimitMs: releaseLimitMs({ keepaliveMs, deadtimeMs }),
    vips: ['10.0.0.8', '10.0.0.9'],
  };
}

/** The pair of a configuration. @param witness of a third host, where the pair asks one */
export function pairOf(
  settings: PulseSettings,
  machines: Machines = OWN_MACHINES,
  witness?: WitnessConfig,
): SimulatedPair {
  const afterMs = witness && gateAfterMs(settings.keepaliveMs, witness.holdLimitMs);
  const of = (role: NodeRole): PulseSettings => ({
    ...settings,
    role,
    hasPartner: true,
    gateAfterMs: afterMs,
  });
  return { settings: { primary: of('primary'), backup: of('backup') }, machines, witness };
}

/** Several directors, who speak beats. @param count 3 to 5 */
export function groupOf(
  settings: PulseSettings,
  count: number,
  machines: Machines = OWN_MACHINES,
  witness?: WitnessConfig,
): SimulatedPair {
  const pair = pairOf(settings, machines, witness);
  const ranked = NODE_NAMES.slice(0, count).map((name, rank) => ({ name, rank }));
  const each = ranked.map((self) => {
    const others = ranked.filter(({ rank }) => rank !== self.rank);
    const of = self.rank === 0 ? pair.settings.primary : pair.settings.backup;
    return [self.name, { ...of, self, others }] as const;
  });
  return { ...pair, settings: Object.fromEntries(each) as never, hasKey: true };
}

/**
 * The directors of an lvs.cf; undefined where it names no pair.
 * @param count plays so many directors with these times, whatever the file names; 2 to 5
 */
export function pairOfConfiguration(
  configuration: LvsConfiguration,
  count = Math.max(2, configuration.directors.length),
): SimulatedPair | undefined {
  const limitMs = leaveLimitMs(configuration);
  const settings = { ...pulseSettings(configuration, 'primary'), leaveLimitMs: limitMs };
  // A group of one address cannot be torn, one of none cannot be held.
  const vips = settings.vips.length > 0 ? settings.vips : ['VIP'];
  const { witness } = configuration;
  // One that only advises changes nothing in who takes; several are played as one that answers or does not.
  const decides = witness.policy === 'require' && witness.targets.length > 0;
  if (!settings.hasPartner) return undefined;
  const asked = decides ? { ...witness, quorum: 1 } : undefined;
  const pair = pairOf({ ...settings, vips }, OWN_MACHINES, asked);
  const hasKey = configuration.heartbeatKey !== undefined;
  const plans = groupPlans(configuration);
  const groups = plans.length > 1 ? { groups: plans } : {};
  const { failback, failbackHoldMs } = configuration;
  const isAnnounced = configuration.heartbeatAnnounce !== undefined;
  const isSeen = hasKey || isAnnounced || count > 2;
  const goesBack = isSeen && failback !== 'none' ? { failback: { failback, failbackHoldMs } } : {};
  if (count > 2) {
    const group = groupOf({ ...settings, vips }, count, OWN_MACHINES, asked);
    return { ...group, ...goesBack, hasMaintenance: true };
  }
  // Anybody can move a pair that speaks words: with a key that must not be so.
  return { ...pair, ...groups, ...goesBack, hasKey, isAnnounced, isAttacked: hasKey, hasMaintenance: true };
}

/** What is promised for a pair, in lines for a person. */
export function promisesOf({
  settings,
  isAttacked,
  hasMaintenance,
  groups,
  failback,
}: SimulatedPair): readonly string[] {
  const { keepaliveMs, deadtimeMs } = settings.primary;
  const directors = namesIn(settings).length;
  const { twoHoldersMs, nobodyMs } = boundsOf(settings.primary, 0, undefined, directors);
  return [
    `${directors > 2 ? `${directors} directors, ` : ''}keepalive ${keepaliveMs} ms, deadtime ${deadtimeMs} ms`,
    `promised: two holders that hear each other for ${twoHoldersMs} ms at most`,
    `promised: nobody for ${nobodyMs} ms at most while a healthy director can serve`,
    'promised: a voluntary move, or a daemon that dies, without a moment of nobody',
    'promised: one holder that stays, once the faults are over',
    ...(directors > 2
      ? ['promised: the next in rank takes over, and a cut that a third director hears across moves nothing']
      : []),
    ...(failback === undefined
      ? []
      : [
          `promised: the addresses go back once, after ${failback.failbackHoldMs} ms in which their director was fit`,
        ]),
    ...(hasMaintenance === true ? ['promised: a director in maintenance standby takes nothing'] : []),
    ...(groups === undefined
      ? []
      : [
          `groups: ${groups.map(({ name, preferred }) => `${name} (${preferred})`).join(', ')}; all of this for each of them`,
          'promised: what moves one group leaves the others alone',
        ]),
    ...(isAttacked === true ? ['all this while somebody replays and forges heartbeats'] : []),
  ];
}

/** Runs one seed. @returns its outcome, and what failed with as few faults as lead to it */
export function simulateSeed(
  pair: SimulatedPair,
  seed: number,
): { readonly outcome: Outcome; readonly failure: Failure | undefined } {
  const unitMs = pair.settings.primary.deadtimeMs;
  const groups = (pair.groups ?? []).filter(({ vips }) => vips.length > 0).map(({ name }) => name);
  const parts = {
    hasWitness: pair.witness !== undefined,
    hasMaintenance: pair.hasMaintenance === true,
    groups: groups.length > 1 ? groups : [],
  };
  const random = new SeededRandom(seed);
  const count = namesIn(pair.settings).length;
  const faulty =
    count > 2 ? scriptOfSeveral(random, seed, unitMs, count, parts) : scriptOf(random, seed, unitMs, parts);
  const most = pair.hasReloads === true ? withReloads(random, faulty, pair.settings.primary) : faulty;
  const script = withSmallFaults(most, namesIn(pair.settings), unitMs, pair.failback !== undefined);
  const outcome = runScript(pair, script);
  if (outcome.violation === undefined) return { outcome, failure: undefined };
  return { outcome, failure: explain(pair, script, outcome.violation.promise) };
}

function explain(pair: SimulatedPair, script: Script, promise: string): Failure {
  const fails = (one: Script): boolean => runScript(pair, one).violation?.promise === promise;
  const least = shrink(script, fails);
  const { violation, history } = runScript(pair, least);
  return {
    seed: script.seed,
    promise,
    lines: [
      `seed ${script.seed}: broken: ${promise} (${violation?.text} at ${violation?.atMs} ms)`,
      `${least.faults.length} of ${script.faults.length} faults are enough:`,
      ...least.faults.map(({ atMs, fault }) => `  at ${atMs} ms ${faultText(fault)}`),
      ...(least.clockSteps ?? []).map((step) => `  ${clockStepText(step)}`),
      ...history.map((line) => `  ${line}`),
    ],
  };
}
