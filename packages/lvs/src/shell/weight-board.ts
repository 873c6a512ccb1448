import { monotonicNowMs } from '@piranha/common';
import type { LvsConfiguration, RealServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { type ServerVerdict, serverKeyText, tablePlaceOf } from '@piranha/ipvs';
import type { CheckTarget } from '../core/check-targets.js';
import { placeText, type TableIndex } from '../core/table-places.js';
import {
  changePolicy,
  initialWeight,
  stepWeight,
  type WeightEvent,
  type WeightPolicy,
  type WeightState,
} from '../core/weight-machine.js';
import { weightPolicyOf } from '../core/weight-policy.js';

interface Entry {
  target: CheckTarget;
  /** Where it stands in the table, as text; undefined for one without a place. */
  place: string | undefined;
  policy: WeightPolicy;
  state: WeightState;
  /** The table uses the server; undefined until that was known. */
  isUsed: boolean | undefined;
}

/** Weights move no faster than this, ms. */
const TICK_MS = 1_000;

/** The weights of all servers whose weight moves. */
export class WeightBoard {
  private readonly entries = new Map<string, Entry>();
  private tickedAtMs = monotonicNowMs();

  constructor(private readonly log: EventLog) {}

  /**
   * Takes over a new list of servers; those known before keep where they are. An entry of the table keeps it too when its
   * service or its check got another name.
   */
  setTargets(targets: readonly CheckTarget[], configuration: LvsConfiguration): void {
    const old = new Map(this.entries);
    const byPlace = new Map([...old.values()].map((entry) => [entry.place, entry]));
    const placeOf = ({ service, server }: CheckTarget) => {
      const place = tablePlaceOf(configuration, service, server);
      return place && placeText(place);
    };
    const places = new Set(targets.map(placeOf));
    this.entries.clear();
    for (const target of targets) {
      const policy = weightPolicyOf(target.server);
      if (policy === undefined) continue;
      const place = placeOf(target);
      const own = old.get(target.id);
      // The name of its identity may have gone to another server, when a block of the same name came before its own.
      const moved = own === undefined || places.has(own.place) ? undefined : own;
      const known =
        own?.place === place ? own : ((place === undefined ? undefined : byPlace.get(place)) ?? moved);
      const state = known
        ? changePolicy(known.policy, policy, known.state)
        : initialWeight(policy, monotonicNowMs());
      this.entries.set(target.id, { target, place, policy, state, isUsed: known?.isUsed });
    }
  }

  /** Goes on from the weights of the live table, save where an order explains them. */
  adopt(
    configuration: LvsConfiguration,
    live: TableIndex,
    isDrained: (server: RealServerConfig) => boolean,
  ): void {
    for (const entry of this.entries.values()) {
      const { service, server } = entry.target;
      const found = live.server(tablePlaceOf(configuration, service, server));
      // A failed server that quiesces has weight 0 as well.
      if (found === undefined) continue;
      if (found.weight === 0 && (service.quiesceServer || isDrained(server))) continue;
      const { state } = stepWeight(
        entry.policy,
        entry.state,
        { kind: 'adopted', weight: found.weight },
        monotonicNowMs(),
      );
      entry.state = state;
    }
  }

  /** Tells whether the table is to use a server; one that returns, after an order too, starts slowly. */
  use(id: string | undefined, verdict: ServerVerdict): void {
    const entry = id === undefined ? undefined : this.entries.get(id);
    if (!entry || verdict === 'unknown') return;
    const isUsed = verdict === 'up';
    if (isUsed && entry.isUsed === false) this.feed(entry, { kind: 'returned' });
    entry.isUsed = isUsed;
  }

  /** True when the table may look different now. */
  take(id: string, event: WeightEvent): boolean {
    const entry = this.entries.get(id);
    return entry !== undefined && this.feed(entry, event);
  }

  /** The same for the passing of time; to be called often. */
  tick(): boolean {
    const nowMs = monotonicNowMs();
    if (nowMs - this.tickedAtMs < TICK_MS) return false;
    this.tickedAtMs = nowMs;
    let changed = false;
    for (const entry of this.entries.values()) changed = this.feed(entry, { kind: 'tick' }) || changed;
    return changed;
  }

  weightOf(id: string | undefined): number | undefined {
    return id === undefined ? undefined : this.entries.get(id)?.state.weight;
  }

  private feed(entry: Entry, event: WeightEvent): boolean {
    const { state, change } = stepWeight(entry.policy, entry.state, event, monotonicNowMs());
    entry.state = state;
    if (change === undefined || entry.isUsed !== true) return false;
    const { service, server } = entry.target;
    const names = { service: service.name, server: server.name, address: serverKeyText(server) };
    this.log.log('LVSD_WEIGHT', { ...names, ...change });
    return true;
  }
}
