import type { NodeRole } from '@piranha/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { oldWordBytes } from '../../src/index.js';
import { MixedPair, otherRole, ROLES } from '../support/mixed-pair.js';
import { OldMember, OurMember } from '../support/virtual-members.js';

/** Longer than an original's lvsd takes to start and to end, with a tie and its dead timer after it. */
const HEAL_MS = 40_000;

type Fault =
  | { readonly type: 'cut'; readonly role: NodeRole; readonly on: boolean }
  | { readonly type: 'crash' | 'start' | 'stop' | 'hangUp' | 'childEnded'; readonly role: NodeRole }
  | { readonly type: 'link'; readonly lost: boolean }
  | { readonly type: 'handover' }
  | { readonly type: 'sleep'; readonly role: NodeRole; readonly ms: number }
  | { readonly type: 'clock'; readonly ms: number }
  | {
      readonly type: 'forged';
      readonly role: NodeRole;
      readonly word: 'lvs running' | 'lvs stopped' | 'hold';
    }
  | { readonly type: 'delay'; readonly ms: number };

const role = () => fc.constantFrom<NodeRole>('primary', 'backup');

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ type: fc.constant('cut' as const), role: role(), on: fc.boolean() }),
  fc.record({
    type: fc.constantFrom('crash' as const, 'start' as const, 'stop' as const, 'hangUp' as const),
    role: role(),
  }),
  fc.record({ type: fc.constant('childEnded' as const), role: role() }),
  fc.record({ type: fc.constant('link' as const), lost: fc.boolean() }),
  fc.record({ type: fc.constant('handover' as const) }),
  fc.record({ type: fc.constant('sleep' as const), role: role(), ms: fc.integer({ min: 1, max: 9_000 }) }),
  fc.record({ type: fc.constant('clock' as const), ms: fc.integer({ min: -3_000, max: 20_000 }) }),
  fc.record({
    type: fc.constant('forged' as const),
    role: role(),
    word: fc.constantFrom('lvs running' as const, 'lvs stopped' as const, 'hold' as const),
  }),
  fc.record({ type: fc.constant('delay' as const), ms: fc.integer({ min: 1, max: 400 }) }),
);

function inject(pair: MixedPair, ours: NodeRole, what: Fault): void {
  const member = pair.member('role' in what ? what.role : ours);
  const old = pair.member(otherRole(ours));
  const our = pair.member(ours);
  if (what.type === 'cut') pair.cut[what.role] = what.on;
  if (what.type === 'crash') member?.crash();
  if (what.type === 'stop') member?.stop();
  if (what.type === 'sleep') member?.sleep(what.ms);
  if (what.type === 'delay') pair.delayMs = what.ms;
  if (what.type === 'forged') pair.inject(what.role, oldWordBytes(what.word, 'little'));
  if (what.type === 'start' && member?.alive === false) start(pair, ours, what.role);
  if (what.type === 'handover' && our instanceof OurMember) our.handover();
  if (!(old instanceof OldMember)) return;
  if (what.type === 'hangUp') old.send({ type: 'signal', signal: 'SIGHUP' });
  if (what.type === 'childEnded') old.send({ type: 'childEnded', how: '7 exited with status 0' });
  if (what.type === 'clock') old.clockOffsetMs += what.ms;
  if (what.type === 'link') old.send({ type: what.lost ? 'linkLost' : 'linkRestored' });
}

function start(pair: MixedPair, ours: NodeRole, role: NodeRole): void {
  if (role === ours) pair.startOurs(role);
  else pair.startOld(role);
}

/** What an operator does at the end: links plugged in, dead and caught processes started again. */
function heal(pair: MixedPair, ours: NodeRole): void {
  pair.cut.primary = false;
  pair.cut.backup = false;
  pair.delayMs = 1;
  const old = pair.member(otherRole(ours));
  if (old instanceof OldMember) old.send({ type: 'linkRestored' });
  pair.run(10_000);
  if (old instanceof OldMember && old.caught) old.crash();
  for (const role of ROLES) {
    if (pair.member(role)?.alive !== true) start(pair, ours, role);
  }
}

it('a mixed pair has one stable holder after any storm of faults', () => {
  const storm = fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 4_000 }), fault }), { maxLength: 30 });
  const chances = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));
  const activateMs = fc.constantFrom(0, 300, 1_500, 5_000, 10_000);
  fc.assert(
    fc.property(storm, chances, role(), activateMs, (steps, numbers, ours, startMs) => {
      const pair = new MixedPair(() => numbers.next().value ?? 0);
      pair.times.activateMs = startMs;
      for (const name of ROLES) start(pair, ours, name);
      for (const { waitMs, fault: what } of steps) {
        pair.run(waitMs);
        inject(pair, ours, what);
      }
      heal(pair, ours);
      pair.run(HEAL_MS);
      expect(pair.holders()).toHaveLength(1);
      const [before] = pair.holders();
      pair.forget();
      pair.run(HEAL_MS);
      expect(pair.holders()).toEqual([before]);
      expect([pair.nobodyMs, pair.bothMs]).toEqual([0, 0]);
    }),
    { numRuns: 200 },
  );
});
