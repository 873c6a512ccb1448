import {
  initialSupervisor,
  type SupervisorEffect,
  type SupervisorEvent,
  type SupervisorPolicy,
  type SupervisorState,
  stepSupervisor,
} from '@piranha/common';

/**
 * Supervises all nannies of one lvsd: one supervisor each, and a limit on how many may be starting at once, so that
 * a thousand servers do not bring a small machine to its knees.
 */

export interface FleetPolicy {
  readonly supervisor: SupervisorPolicy;
  /** Most nannies between spawn and first sign. */
  readonly startingLimit: number;
}

interface Member {
  readonly supervisor: SupervisorState;
  /** False for a nanny that is to end and be forgotten. */
  readonly wanted: boolean;
}

/** Members by identity, in the order in which they are to start. */
export type FleetState = ReadonlyMap<string, Member>;

export type FleetEvent =
  | { readonly type: 'add'; readonly id: string }
  | { readonly type: 'remove'; readonly id: string }
  /** End it and start it anew at once: its command line has changed. */
  | { readonly type: 'renew'; readonly id: string }
  | { readonly type: 'sign'; readonly id: string }
  | { readonly type: 'exited'; readonly id: string }
  /** `signs`: who was heard since the last tick. Gathered, since a thousand nannies speak four times a second. */
  | { readonly type: 'tick'; readonly lateMs: number; readonly signs: Iterable<string> };

export type FleetEffect =
  | { readonly type: 'spawn'; readonly id: string }
  | { readonly type: 'terminate'; readonly id: string }
  | { readonly type: 'kill'; readonly id: string; readonly reason: string }
  | { readonly type: 'restartScheduled'; readonly id: string; readonly delayMs: number };

interface FleetStep {
  readonly state: FleetState;
  readonly effects: readonly FleetEffect[];
}

const NEW_MEMBER: Member = { supervisor: initialSupervisor(), wanted: true };

function startingCount(members: FleetState): number {
  let count = 0;
  for (const { supervisor } of members.values()) if (supervisor.phase === 'starting') count += 1;
  return count;
}

/** A mutable view of one step; the state that leaves it is a fresh map. */
class FleetTurn {
  readonly members: Map<string, Member>;
  readonly effects: FleetEffect[] = [];

  constructor(
    private readonly policy: FleetPolicy,
    state: FleetState,
    private readonly nowMs: number,
  ) {
    this.members = new Map(state);
  }

  feed(id: string, event: SupervisorEvent): void {
    const member = this.members.get(id);
    if (!member) return;
    const step = stepSupervisor(this.policy.supervisor, member.supervisor, event, this.nowMs);
    this.members.set(id, { ...member, supervisor: step.state });
    for (const effect of step.effects) this.effects.push(named(id, effect));
  }

  setWanted(id: string, wanted: boolean): void {
    const member = this.members.get(id);
    if (member) this.members.set(id, { ...member, wanted });
  }

  /** Starts what waits for its turn while there is room. */
  startWaiting(): void {
    let room = this.policy.startingLimit - startingCount(this.members);
    for (const [id, { supervisor, wanted }] of this.members) {
      if (room <= 0) return;
      if (!wanted) continue;
      const due = supervisor.phase === 'waiting' && this.nowMs >= supervisor.deadlineMs;
      if (supervisor.phase === 'idle') this.feed(id, { type: 'start' });
      else if (due) this.feed(id, { type: 'tick', lateMs: 0 });
      else continue;
      room -= 1;
    }
  }

  forgetEnded(): void {
    for (const [id, { supervisor, wanted }] of this.members) {
      if (!wanted && supervisor.phase === 'idle') this.members.delete(id);
    }
  }
}

function named(id: string, effect: SupervisorEffect): FleetEffect {
  return { ...effect, id };
}

function take(turn: FleetTurn, event: FleetEvent): void {
  switch (event.type) {
    case 'add':
      if (turn.members.has(event.id)) turn.setWanted(event.id, true);
      else turn.members.set(event.id, NEW_MEMBER);
      break;
    case 'remove':
      turn.setWanted(event.id, false);
      turn.feed(event.id, { type: 'stop' });
      break;
    case 'renew':
      turn.feed(event.id, { type: 'stop' });
      break;
    case 'sign':
    case 'exited':
      turn.feed(event.id, { type: event.type });
      break;
    case 'tick':
      for (const id of event.signs) turn.feed(id, { type: 'sign' });
      // Members that wait for a start are not ticked here: startWaiting decides whether there is room.
      for (const [id, { supervisor }] of turn.members) {
        if (supervisor.phase !== 'waiting') turn.feed(id, { type: 'tick', lateMs: event.lateMs });
      }
  }
}

/** One step of the fleet. `nowMs` is monotonic time in milliseconds. */
export function stepFleet(
  policy: FleetPolicy,
  state: FleetState,
  event: FleetEvent,
  nowMs: number,
): FleetStep {
  const turn = new FleetTurn(policy, state, nowMs);
  take(turn, event);
  turn.forgetEnded();
  turn.startWaiting();
  return { state: turn.members, effects: turn.effects };
}
