import type { GuardianStep, PulseSettings, PulseState, PulseStep } from '@piranha/pulse/machines';
import { type Machines, OWN_MACHINES } from '../../src/index.js';

/** State machines with one fault each, which the simulator must find. */
export type Bug = (own: Machines) => Partial<Machines>;

function withoutEffects(step: PulseStep, type: PulseStep['effects'][number]['type']): PulseStep {
  return { ...step, effects: step.effects.filter((effect) => effect.type !== type) };
}

function withoutGuardianEffects(
  step: GuardianStep,
  type: GuardianStep['effects'][number]['type'],
): GuardianStep {
  return { ...step, effects: step.effects.filter((effect) => effect.type !== type) };
}

/** The silence that counts as a death is some beats longer or shorter than the deadtime; nothing else is. */
function shiftedDeadTimer({ stepPulse, nextTickMs }: Machines, beats: number): Partial<Machines> {
  const shifted = (settings: PulseSettings): PulseSettings => ({
    ...settings,
    deadtimeMs: settings.deadtimeMs + beats * settings.keepaliveMs,
  });
  return {
    stepPulse: (settings, state, event, nowMs) =>
      stepPulse(event.type === 'tick' ? shifted(settings) : settings, state, event, nowMs),
    nextTickMs: (settings, state) => nextTickMs(shifted(settings), state),
  };
}

/** Faults by what is wrong. */
export const PLANTED_BUGS: Readonly<Record<string, Bug>> = {
  'the dead timer ends after one beat: the partner counts as dead while it lives': ({
    stepPulse,
    nextTickMs,
  }) => {
    const early = (settings: PulseSettings): PulseSettings => ({
      ...settings,
      deadtimeMs: settings.keepaliveMs,
    });
    return {
      stepPulse: (settings, ...rest) => stepPulse(early(settings), ...rest),
      nextTickMs: (settings, state) => nextTickMs(early(settings), state),
    };
  },
  'the dead timer ends one beat too early': (own) => shiftedDeadTimer(own, -1),
  'the dead timer ends one beat too late': (own) => shiftedDeadTimer(own, 1),
  'the dead timer never ends': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) =>
      stepPulse(settings, event.type === 'tick' ? { ...state, lastHeardMs: nowMs } : state, event, nowMs),
  }),
  'the tie rule is lost: both keep the addresses': ({ stepPulse }) => ({
    stepPulse: (settings, ...rest) => stepPulse({ ...settings, role: 'primary' }, ...rest),
  }),
  'both yield in a tie': ({ stepPulse }) => ({
    stepPulse: (settings, ...rest) => stepPulse({ ...settings, role: 'backup' }, ...rest),
  }),
  'a farewell is ignored': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) =>
      event.type === 'heard' && event.word === 'lvs stopped' && state.partnerWord === 'lvs running'
        ? { state: { ...state, lastHeardMs: nowMs }, effects: [] }
        : stepPulse(settings, state, event, nowMs),
  }),
  'a handover breaks before it makes': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const step = stepPulse(settings, state, event, nowMs);
      const began = step.state.duty === 'releasing' && state.duty === 'active';
      return began
        ? { state: { ...step.state, duty: 'dropping' }, effects: [...step.effects, { type: 'drop' }] }
        : step;
    },
  }),
  'the taker tells nobody': ({ stepPulse }) => ({
    stepPulse: (...words) => withoutEffects(stepPulse(...words), 'announce'),
  }),
  'the guardian lets a new pulse adopt what the partner took': ({ stepGuardian }) => ({
    stepGuardian: (...words) => {
      const step = stepGuardian(...words);
      return {
        ...step,
        effects: step.effects.map((effect) =>
          effect.type === 'spawn' ? { ...effect, adopt: true } : effect,
        ),
      };
    },
  }),
  'the guardian does not beat for a pulse that is down': ({ stepGuardian }) => ({
    stepGuardian: (...words) => withoutGuardianEffects(stepGuardian(...words), 'beat'),
  }),
  'the guardian never misses a pulse that hangs': ({ stepGuardian }) => ({
    stepGuardian: (...words) => withoutGuardianEffects(stepGuardian(...words), 'kill'),
  }),
  'a process that slept goes on as if nothing had happened': ({ stepPulse, stepGuardian }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const prompt = event.type === 'tick' ? { ...event, lateMs: 0 } : event;
      return stepPulse(settings, { ...state, awakeSinceMs: nowMs }, prompt, nowMs);
    },
    stepGuardian: (state, event, nowMs) =>
      stepGuardian(state, event.type === 'tick' ? { ...event, lateMs: 0 } : event, nowMs),
  }),
  'a guardian that stood still takes its pulse for one that hangs': ({ stepGuardian }) => ({
    stepGuardian: (state, event, nowMs) =>
      stepGuardian(state, event.type === 'tick' ? { ...event, lateMs: 0 } : event, nowMs),
  }),
  'the daemons go by the wall clock': () => ({ clockMs: ({ wallMs }) => wallMs }),
  'nobody is asked to release': ({ stepPulse }) => ({
    stepPulse: (...words) => {
      const step = stepPulse(...words);
      const said = step.effects.filter(
        (effect) => effect.type !== 'send' || effect.word !== 'fos go inactive',
      );
      return { ...step, effects: said };
    },
  }),
  'a node without a link takes the addresses': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const step = stepPulse(settings, state, event, nowMs);
      return { ...step, state: { ...step.state, disabled: false } };
    },
  }),
};

/** Faults that only a pair with a witness has. */
export const WITNESS_BUGS: Readonly<Record<string, Bug>> = {
  'a holder that hears nobody holds on': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const isDeaf = event.type === 'tick' && event.gate?.question === 'mustLetGo';
      return stepPulse(settings, state, isDeaf ? { ...event, gate: undefined } : event, nowMs);
    },
  }),
  'whatever the witness says is ignored': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const alone = event.type === 'tick' ? { ...event, gate: undefined } : event;
      return stepPulse({ ...settings, gateAfterMs: undefined }, state, alone, nowMs);
    },
  }),
  'a standby never takes again': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const asks = event.type === 'tick' && event.gate?.question === 'mayTake';
      return stepPulse(settings, state, asks ? { ...event, gate: undefined } : event, nowMs);
    },
  }),
};

/** Faults that only a pair has whose operators order directors out. */
export const MAINTENANCE_BUGS: Readonly<Record<string, Bug>> = {
  'the order is forgotten at the next word of the partner': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const step = stepPulse(settings, { ...state, maintenance: undefined }, event, nowMs);
      return { ...step, state: { ...step.state, maintenance: step.state.maintenance ?? state.maintenance } };
    },
  }),
  'the order is forgotten at a restart': ({ startPulse }) => ({
    startPulse: (settings, start, nowMs) => startPulse(settings, start, nowMs),
  }),
  'the addresses go down before the partner serves': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) =>
      event.type === 'maintenance'
        ? stepPulse(settings, { ...state, partnerWord: undefined }, { ...event, force: true }, nowMs)
        : stepPulse(settings, state, event, nowMs),
  }),
  'the order never ends': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const step = stepPulse(settings, state, event, nowMs);
      const isOver = event.type === 'maintenanceOver';
      return isOver ? { ...step, state: { ...step.state, duty: 'standby', partnerWord: undefined } } : step;
    },
  }),
};

/** Faults that only a pair has whose voluntary moves wait for programs. */
export const LEAVE_BUGS: Readonly<Record<string, Bug>> = {
  'the wait for programs never ends': ({ stepPulse, nextTickMs }) => {
    const endless = (state: PulseState): PulseState =>
      state.leaving === undefined ? state : { ...state, leaving: { ...state.leaving, untilMs: Infinity } };
    return {
      stepPulse: (settings, state, event, nowMs) =>
        event.type === 'leavable'
          ? { state, effects: [] }
          : stepPulse(settings, endless(state), event, nowMs),
      nextTickMs: (settings, state) => nextTickMs(settings, endless(state)),
    };
  },
  'the addresses go down when the programs have ended, whoever serves': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const step = stepPulse(settings, state, event, nowMs);
      const ends = state.leaving !== undefined && step.state.duty === 'releasing';
      return ends
        ? { state: { ...step.state, duty: 'dropping' }, effects: [...step.effects, { type: 'drop' }] }
        : step;
    },
  }),
  'this node says that it stops before the programs have ended, and holds until then': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const step = stepPulse(settings, state, event, nowMs);
      const isLeaving = step.state.leaving !== undefined;
      const effects = step.effects.map((effect) =>
        isLeaving && effect.type === 'send' ? ({ type: 'send', word: 'lvs stopped' } as const) : effect,
      );
      // What is heard of the partner meanwhile counts when they have ended.
      const isHeard = state.leaving !== undefined && event.type === 'heard';
      return isHeard ? { state: { ...state, lastHeardMs: nowMs }, effects: [] } : { ...step, effects };
    },
  }),
};

/** Faults that only a pair has whose directors are reloaded to other times. */
export const RELOAD_BUGS: Readonly<Record<string, Bug>> = {
  'the times of the new file count at once': () => ({ settingsInUse: (settings) => settings }),
  'the longer deadtime is forgotten': ({ settingsInUse }) => ({
    settingsInUse: (settings, ...rest) => ({
      ...settingsInUse(settings, ...rest),
      deadtimeMs: settings.deadtimeMs,
    }),
  }),
  'the shorter keepalive is forgotten': ({ settingsInUse }) => ({
    settingsInUse: (settings, ...rest) => ({
      ...settingsInUse(settings, ...rest),
      keepaliveMs: settings.keepaliveMs,
    }),
  }),
};

/** Faults that only a pair with groups has; its second group is known by its first address. */
const isSecond = (settings: PulseSettings): boolean => settings.vips.includes('10.0.0.10');

export const GROUP_BUGS: Readonly<Record<string, Bug>> = {
  'both directors take themselves for the preferred one of a group': ({ stepPulse }) => ({
    stepPulse: (settings, ...rest) =>
      stepPulse(isSecond(settings) ? { ...settings, preferred: true } : settings, ...rest),
  }),
  'a dead partner is replaced for the first group alone': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) =>
      stepPulse(
        settings,
        isSecond(settings) && event.type === 'tick' ? { ...state, lastHeardMs: nowMs } : state,
        event,
        nowMs,
      ),
  }),
  'a group hears the words of another one': ({ stepPulse }) => {
    let last: Extract<Parameters<typeof stepPulse>[2], { type: 'heard' }> | undefined;
    return {
      stepPulse: (settings, state, event, nowMs) => {
        if (event.type === 'heard' && !isSecond(settings)) last = event;
        const heard = event.type === 'heard' && isSecond(settings) ? (last ?? event) : event;
        return stepPulse(settings, state, heard, nowMs);
      },
    };
  },
  'the guardian lets a new pulse adopt every group': ({ stepGuardian }) => ({
    stepGuardian: (...words) => {
      const step = stepGuardian(...words);
      return {
        ...step,
        effects: step.effects.map((effect) =>
          effect.type === 'spawn' ? { ...effect, held: undefined } : effect,
        ),
      };
    },
  }),
  'the guardian says of no group what its pulse said': ({ stepGuardian }) => ({
    stepGuardian: (...words) => {
      const step = stepGuardian(...words);
      return {
        ...step,
        effects: step.effects.map((effect) => (effect.type === 'beat' ? { ...effect, groups: [] } : effect)),
      };
    },
  }),
};

/** The daemons' own machines with one fault. */
export function withBug(bug: Bug): Machines {
  return { ...OWN_MACHINES, ...bug(OWN_MACHINES) };
}

/** Faults that only more than two directors can show. */
export const SEVERAL_BUGS: Readonly<Record<string, Bug>> = {
  'the rank is ignored: nobody is better than another': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) => {
      const heard = event.type === 'heardOf' ? { ...event, rank: 9 } : event;
      return stepPulse(settings, state, heard, nowMs);
    },
  }),
  'nobody waits for its turn': ({ stepPulse, nextTickMs }) => ({
    stepPulse: (settings, state, ...rest) => stepPulse(asFirst(settings, state), state, ...rest),
    nextTickMs: (settings, state) => nextTickMs(asFirst(settings, state), state),
  }),
  'the heir is ignored: whoever is first in rank takes': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) =>
      stepPulse(settings, state, event.type === 'heardOf' ? { ...event, heir: undefined } : event, nowMs),
  }),
  'what a third director hears is ignored': ({ stepPulse }) => ({
    stepPulse: (settings, state, event, nowMs) =>
      stepPulse(settings, state, event.type === 'heardOf' ? { ...event, relays: [] } : event, nowMs),
  }),
};

/** The same with a witness under require. */
export const SEVERAL_WITNESS_BUGS: Readonly<Record<string, Bug>> = {
  'one ear is enough for who holds the addresses': ({ stepPulse }) => ({
    stepPulse: (...words) => {
      const step = stepPulse(...words);
      const heardMs = (step.state.others?.views ?? []).map(({ lastHeardMs }) => lastHeardMs);
      const isHolding = step.state.duty === 'active' || step.state.duty === 'releasing';
      return isHolding ? { ...step, state: { ...step.state, lastHeardMs: Math.max(...heardMs) } } : step;
    },
  }),
};

/** Each waiting director takes itself for the first. */
function asFirst(settings: PulseSettings, { duty }: PulseState): PulseSettings {
  const { self } = settings;
  const waits = duty === 'standby' || duty === 'claiming';
  return self === undefined || !waits ? settings : { ...settings, self: { ...self, rank: -1 } };
}

/** Who lets the addresses go for want of a witness leaves them to whoever believes its word. */
export const WITNESS_OF_SEVERAL_BUG: Bug = ({ stepPulse }) => ({
  stepPulse: (settings, state, ...rest) => {
    const isFreed = state.others?.freed !== undefined;
    return stepPulse(isFreed ? { ...settings, gateAfterMs: undefined } : settings, state, ...rest);
  },
});
