import { errorText, UserError } from '@piranha/common';
import type { HandoverAnswer, HandoverRequest, StandbyRequest } from '@piranha/protocol';
import { z } from 'zod';
import type { Coverage } from '../core/coverage.js';
import { groupsToMove } from '../core/group-moves.js';
import type { GroupResults, MoveResult } from '../core/group-results.js';
import { needsCount, type Views } from '../core/move-refusal.js';
import { type DirectorNames, directorNamed, NO_NAMES, notThePartner } from '../core/partner-name.js';
import type { HeartbeatPath } from '../core/settings.js';
import type { MaintenanceOrder, MoveCode, PulseEvent } from '../core/types.js';
import type { PolicyGroup } from './group-failback.js';
import type { MaintenanceFile } from './maintenance-file.js';
import { PendingMoves } from './pending-moves.js';

/** What a request looks like on the socket. */
const HANDOVER: z.ZodType<HandoverRequest> = z.object({
  force: z.boolean().optional(),
  group: z.string().max(63).optional(),
  to: z.object({ name: z.string().max(255), addresses: z.array(z.string().max(64)).max(64) }).optional(),
});
const STANDBY: z.ZodType<StandbyRequest> = z.object({
  on: z.boolean(),
  by: z.string().max(200),
  reason: z.string().max(500).optional(),
  force: z.boolean().optional(),
  unlessAlone: z.boolean().optional(),
});

/** What the moves need of the worker. */
export interface MovesNeeds {
  /** @param groups that the event is for; all of them where nothing is said */
  readonly dispatch: (event: PulseEvent, groups?: readonly string[]) => void;
  readonly now: () => { readonly paths: readonly HeartbeatPath[]; readonly directorNames?: DirectorNames };
  readonly groups: () => readonly PolicyGroup[];
  readonly results: GroupResults;
  /** What the voluntary move under way costs. */
  readonly cost: () => Promise<string | undefined>;
  /** How many of the connections in use the partner knows; undefined where that is not known. */
  readonly coverage: () => Promise<Coverage | undefined>;
  /** What both directors say of themselves; of several this one and the named one, or the one that would take over. */
  readonly views: (to?: string) => Views;
  readonly file: MaintenanceFile;
}

/** Moves that operators ask for: handovers, and maintenance standby. */
export class OperatorMoves {
  private readonly handovers = new PendingMoves();
  private readonly orders = new PendingMoves();
  /** Why the disk does not know of the last order, or of its end. */
  private unkept: string | undefined;

  constructor(private readonly needs: MovesNeeds) {}

  /**
   * Starts a handover of one group, or of all that this node has; resolves when it is done, refused or undone.
   * @throws UserError `PULSE_NOT_THE_PARTNER`, `PULSE_NO_GROUP`
   */
  async handover(params: unknown): Promise<HandoverAnswer> {
    const { force = false, to, group } = read(HANDOVER, params);
    const { paths, directorNames: names = NO_NAMES } = this.needs.now();
    const director = to && directorNamed(to, names, paths);
    const wrong = to && director === undefined ? notThePartner(to, paths, names) : undefined;
    if (wrong !== undefined) {
      throw new UserError(wrong, {
        code: 'PULSE_NOT_THE_PARTNER',
        hint: 'lvsctl status shows the addresses of both directors; nothing was moved',
      });
    }
    const heir = names.isSeveral ? director : undefined;
    const coverage = this.mustCount(heir) ? await this.needs.coverage() : undefined;
    const asked = groupsToMove(this.needs.groups(), group, force);
    if (asked.type === 'unknown') {
      throw new UserError(`lvs.cf has no group ${group}`, { code: 'PULSE_NO_GROUP', hint: asked.hint });
    }
    if (asked.type === 'refused') return refused(asked.why, 'PULSE_HANDOVER_REFUSED');
    // Of several groups one may still be on its way for somebody else, who waits for the same answer.
    const { results } = this.needs;
    const moving = this.needs
      .groups()
      .find(
        ({ name, state }) =>
          (state.duty === 'releasing' || state.leaving !== undefined) &&
          results.awaits('handoverResult', name),
      );
    if (moving !== undefined) {
      return refused(`a move is under way: group ${moving.name}`, 'PULSE_HANDOVER_REFUSED');
    }
    const views = { ...this.needs.views(heir), coverage };
    const event: PulseEvent = { type: 'handover', force, views, ...(heir === undefined ? {} : { to: heir }) };
    return this.handovers.wait(() => {
      results.ask('handoverResult', asked.groups);
      this.needs.dispatch(event, asked.groups);
    });
  }

  /** Maintenance standby on or off; resolves when it is so, or refused. @throws UserError `PULSE_STATE_UNWRITABLE` */
  async standby(params: unknown): Promise<HandoverAnswer> {
    const { on, by, reason = '', force = false, unlessAlone = false } = read(STANDBY, params);
    const coverage = this.mustCount() ? await this.needs.coverage() : undefined;
    // Two orders at once would get each other's answer.
    const groups = this.needs.groups();
    if (
      groups.some(({ state }) => state.ordered !== undefined || state.leaving?.event.type === 'maintenance')
    )
      return refused('an order is under way: try again in a moment', 'PULSE_MAINTENANCE_REFUSED');
    // An order that would be forgotten at the next start is none.
    if (on) this.requireWritable();
    const order = { unlessAlone, by, at: new Date().toISOString(), reason };
    const views = { ...this.needs.views(), coverage };
    return this.orders.wait(() => {
      this.needs.results.ask(
        'maintenanceResult',
        groups.map(({ name }) => name),
      );
      this.needs.dispatch(
        on ? { type: 'maintenance', order, force, views } : { type: 'maintenanceOver', by },
      );
    });
  }

  /** Tells those who wait. */
  answer({ type, ok, text, code }: MoveResult): void {
    const cost = this.needs.cost();
    if (type === 'handoverResult') void this.handovers.answer({ ok, text, code }, cost);
    else {
      const kept = this.unkept === undefined ? '' : `; a restart will not know of it: ${this.unkept}`;
      void this.orders.answer({ ok, text: `${text}${kept}`, code }, cost);
      // The groups are still making their step.
      if (!ok) queueMicrotask(() => this.takeBack());
    }
  }

  /** Keeps an order that came into force, or forgets one that is over, on disk. */
  keep(before: MaintenanceOrder | undefined, after: MaintenanceOrder | undefined): void {
    if (before === after) return;
    this.unkept = this.needs.file.save(after);
  }

  /** An order that some groups could not follow is in force for none. */
  private takeBack(): void {
    const groups = this.needs.groups();
    const inForce = groups.filter(({ state }) => state.maintenance !== undefined);
    if (inForce.length === 0 || inForce.length === groups.length) return;
    const by = inForce[0]?.state.maintenance?.by ?? '';
    this.needs.dispatch(
      { type: 'maintenanceOver', by },
      inForce.map(({ name }) => name),
    );
  }

  /** The table is read only where its figures decide. */
  private mustCount(to?: string): boolean {
    const { partner } = this.needs.views(to);
    return partner !== undefined && needsCount(partner);
  }

  private requireWritable(): void {
    try {
      this.needs.file.tryOut();
    } catch (error) {
      throw new UserError(`the order cannot be kept: ${errorText(error)}`, {
        code: 'PULSE_STATE_UNWRITABLE',
        hint: "make pulse's state directory writable, or give another --state-dir: nothing was changed",
      });
    }
  }
}

function refused(text: string, code: MoveCode): HandoverAnswer {
  return { ok: false, text, durationMs: 0, code };
}

function read<T>(schema: z.ZodType<T>, params: unknown): T {
  const result = schema.safeParse(params);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UserError(`bad request: ${issue?.path.join('.')}: ${issue?.message}`, {
    code: 'PULSE_BAD_REQUEST',
    hint: 'pulse and lvsctl must be of one version: restart pulse after an update',
  });
}
