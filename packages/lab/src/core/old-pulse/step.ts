import type {
  OldDatagram,
  OldPulseEffect,
  OldPulseEvent,
  OldPulseSettings,
  OldPulseState,
  OldPulseStep,
} from './types.js';
import { type OldWord, oldWordBytes, readOldWord } from './words.js';

/**
 * The original's pulse in LVS mode (0.8.6) as an outside observer knows it: words, timers, tie rule, and its habit of
 * doing nothing else while it activates. All times are of the wall clock, as there. Assumed where nothing is known: what
 * waits in the socket is read before an overdue timer is served.
 */

/** More does not fit into the socket's buffer. */
const INBOX_LIMIT = 256;
const BACKUP_INACTIVE_STATUS = 255;

/** The state to begin with, and the first effects: nothing is sent at once. `nowMs`: wall clock. */
export function startOldPulse(settings: OldPulseSettings, nowMs: number): OldPulseStep {
  const primary = settings.role === 'primary';
  const state: OldPulseState = {
    phase: 'running',
    active: false,
    holding: false,
    linkFailed: false,
    childFailed: false,
    busy: undefined,
    stopSignal: undefined,
    inbox: [],
    sendAtMs: settings.hasPartner ? nowMs + settings.keepaliveSeconds * 1_000 : Infinity,
    deadAtMs: nowMs + settings.deadtimeSeconds * 1_000,
  };
  const role = log(`STARTING PULSE AS ${primary ? 'MASTER' : 'BACKUP'}`);
  if (!primary && !settings.hasPartner) {
    const why = log('We are backup node and backup is marked inactive -- exiting pulse');
    const exit: OldPulseEffect = { type: 'exit', status: BACKUP_INACTIVE_STATUS };
    return { state: { ...state, phase: 'ended' }, effects: [role, why, exit] };
  }
  const first: OldPulseEffect[] = [role, { type: 'command', command: 'inactive_cmd' }];
  if (settings.forceActive !== true) return { state, effects: first };
  return join(first, activate(state, 'Forced active on startup: activating lvs'));
}

/** When the loop wakes by itself, wall clock ms; Infinity while it is blocked, caught or ended. */
export function oldPulseDueMs(state: OldPulseState): number {
  if (state.phase !== 'running' || state.busy !== undefined) return Infinity;
  return Math.min(state.sendAtMs, state.deadAtMs);
}

/** One step of the loop. `nowMs`: wall clock, which may be set back or forward between two steps. */
export function stepOldPulse(
  settings: OldPulseSettings,
  state: OldPulseState,
  event: OldPulseEvent,
  nowMs: number,
): OldPulseStep {
  if (state.phase !== 'running') return { state, effects: [] };
  switch (event.type) {
    case 'tick':
      return onTick(settings, state, nowMs);
    case 'datagram':
      return onDatagram(settings, state, event.datagram, nowMs);
    case 'activated':
      return onActivated(settings, state, nowMs);
    case 'deactivated':
      return onDeactivated(settings, state, nowMs);
    case 'signal':
      return event.signal === 'SIGHUP' ? onHangUp(state) : onStop(state, event.signal);
    case 'childEnded':
      return onChildEnded(state, event.how);
    case 'linkLost':
      return onLinkLost(settings, state);
    case 'linkRestored':
      if (!state.linkFailed) return { state, effects: [] };
      return {
        state: { ...state, linkFailed: false },
        effects: [log('Local NIC link(s) restored: Pulse enabled')],
      };
  }
}

function log(text: string): OldPulseEffect {
  return { type: 'log', text };
}

function join(before: readonly OldPulseEffect[], step: OldPulseStep): OldPulseStep {
  return { state: step.state, effects: [...before, ...step.effects] };
}

function onTick(settings: OldPulseSettings, state: OldPulseState, nowMs: number): OldPulseStep {
  if (oldPulseDueMs(state) > nowMs) return { state, effects: [] };
  // The send timer wins a tie.
  if (state.sendAtMs <= state.deadAtMs) return send(settings, state, nowMs);
  const restarted: OldPulseState = { ...state, deadAtMs: nowMs + settings.deadtimeSeconds * 1_000 };
  if (state.active || state.linkFailed || state.childFailed) return { state: restarted, effects: [] };
  return activate(restarted, 'partner dead: activating lvs');
}

function send(settings: OldPulseSettings, state: OldPulseState, nowMs: number): OldPulseStep {
  const sent: OldPulseState = { ...state, sendAtMs: nowMs + settings.keepaliveSeconds * 1_000 };
  if (!settings.hasPartner) return { state, effects: [] };
  const word: OldWord = state.active ? 'lvs running' : 'lvs stopped';
  return { state: sent, effects: [{ type: 'send', bytes: oldWordBytes(word, settings.byteOrder) }] };
}

function activate(state: OldPulseState, why: string): OldPulseStep {
  return {
    state: { ...state, busy: 'activating' },
    effects: [log(why), { type: 'command', command: 'active_cmd' }, { type: 'activate' }],
  };
}

function deactivate(state: OldPulseState, ...before: readonly OldPulseEffect[]): OldPulseStep {
  return {
    state: { ...state, active: false, busy: 'deactivating' },
    effects: [...before, { type: 'command', command: 'inactive_cmd' }, { type: 'deactivate' }],
  };
}

function onActivated(settings: OldPulseSettings, state: OldPulseState, nowMs: number): OldPulseStep {
  if (state.busy !== 'activating') return { state, effects: [] };
  const active: OldPulseState = { ...state, busy: undefined, active: true, holding: true };
  return join([{ type: 'raise' }], unblock(settings, active, nowMs));
}

function onDeactivated(settings: OldPulseSettings, state: OldPulseState, nowMs: number): OldPulseStep {
  if (state.busy !== 'deactivating') return { state, effects: [] };
  return unblock(settings, { ...state, busy: undefined, holding: false }, nowMs);
}

/** Does what waited while the loop was blocked: a stop first, then the datagrams in their order. */
function unblock(settings: OldPulseSettings, state: OldPulseState, nowMs: number): OldPulseStep {
  if (state.stopSignal !== undefined) return end(state);
  let step: OldPulseStep = { state: { ...state, inbox: [] }, effects: [] };
  for (const datagram of state.inbox) {
    step = join(step.effects, onDatagram(settings, step.state, datagram, nowMs));
  }
  return step;
}

function onDatagram(
  settings: OldPulseSettings,
  state: OldPulseState,
  datagram: OldDatagram,
  nowMs: number,
): OldPulseStep {
  if (state.busy !== undefined) {
    const kept = state.inbox.length < INBOX_LIMIT ? [...state.inbox, datagram] : state.inbox;
    return { state: { ...state, inbox: kept }, effects: [] };
  }
  if (!datagram.fromPartner) return { state, effects: [] };
  const reading = readOldWord(datagram.bytes, settings.byteOrder);
  if (reading.type === 'short') return { state, effects: [log('bad heartbeat packet')] };
  const isFailoverWord = reading.type === 'word' && reading.word.startsWith('fos ');
  if (reading.type === 'unknown' || (isFailoverWord && settings.failoverWords === 'incompatible')) {
    const text = 'Incompatible heartbeat received -- other system not using identical services';
    return { state, effects: [log(text)] };
  }
  const heard: OldPulseState = { ...state, deadAtMs: nowMs + settings.deadtimeSeconds * 1_000 };
  return onWord(settings, heard, reading.word, nowMs);
}

function onWord(
  settings: OldPulseSettings,
  state: OldPulseState,
  word: OldWord,
  nowMs: number,
): OldPulseStep {
  if (word === 'lvs running') return onRunning(settings, state, nowMs);
  if (word === 'lvs stopped') {
    if (state.active || state.linkFailed || state.childFailed) return { state, effects: [] };
    const partner = settings.role === 'primary' ? 'backup' : 'primary';
    return activate(state, `${partner} inactive: activating lvs`);
  }
  const obeys = settings.failoverWords === 'obeyed' && settings.role === 'primary' && state.active;
  if (word !== 'fos go inactive' || !obeys) return { state, effects: [] };
  return deactivate(state, log('PARTNER HAS TOLD US TO GO INACTIVE!'));
}

function onRunning(settings: OldPulseSettings, state: OldPulseState, nowMs: number): OldPulseStep {
  if (!state.active) return { state: { ...state, childFailed: false }, effects: [] };
  if (settings.role === 'primary') {
    return {
      state,
      effects: [
        log('partner active: resending arps'),
        { type: 'command', command: 'active_cmd' },
        { type: 'raise' },
      ],
    };
  }
  // One more "running", by which the primary announces again before this node is gone.
  const last = send(settings, state, nowMs);
  return join(last.effects, deactivate(last.state, log('partner active: deactivating LVS')));
}

function onStop(state: OldPulseState, signal: string): OldPulseStep {
  if (state.busy !== undefined) return { state: { ...state, stopSignal: signal }, effects: [] };
  const told = log(`Terminating due to signal ${signal === 'SIGINT' ? 2 : 15}`);
  const stopping: OldPulseState = { ...state, stopSignal: signal };
  if (state.active) return deactivate(stopping, told);
  return join([told, { type: 'command', command: 'inactive_cmd' }], end(stopping));
}

/** After a stop that came in the middle of an activation there is something to take down first. */
function end(state: OldPulseState): OldPulseStep {
  if (state.active) return deactivate(state);
  return { state: { ...state, phase: 'ended', inbox: [] }, effects: [{ type: 'exit', status: 0 }] };
}

/** Only lvsd reads its file again. Without an lvsd the signal goes to pulse's own group, and that is its end. */
function onHangUp(state: OldPulseState): OldPulseStep {
  if (state.active || state.busy !== undefined) return { state, effects: [{ type: 'reloadChild' }] };
  return { state: { ...state, phase: 'spinning' }, effects: [] };
}

function onChildEnded(state: OldPulseState, how: string): OldPulseStep {
  if (!state.active) return { state, effects: [] };
  // It is never started again: the partner's "running" clears the flag, or a restart of pulse.
  return deactivate({ ...state, childFailed: true }, log(`Child process ${how}`));
}

function onLinkLost(settings: OldPulseSettings, state: OldPulseState): OldPulseStep {
  if (!settings.hasPartner || state.linkFailed || state.busy !== undefined) return { state, effects: [] };
  const lost: OldPulseState = { ...state, linkFailed: true };
  const told = log('Local NIC link failure: Pulse disabled');
  if (!state.active) return { state: lost, effects: [told] };
  return deactivate(lost, told, log('local link failure: deactivating LVS'));
}
