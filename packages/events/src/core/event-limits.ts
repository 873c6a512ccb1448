import { CATALOGUE, type EventId } from './catalogue.js';
import type { EventFields, EventTemplate } from './event.js';
import { LineLimit } from './line-limit.js';

/** Holds back the lines of events that others can cause at will; the catalogue says which. */
export class EventLimits {
  private readonly limits = new Map<EventId, LineLimit>();

  /** The fields of the line, with the count of those that it stands for; undefined when none is due. */
  fieldsOf(id: EventId, fields: EventFields, nowMs: number): EventFields | undefined {
    const { limitedBy }: EventTemplate = CATALOGUE[id];
    if (limitedBy === undefined || limitedBy === 'caller') return fields;
    const limit = this.limits.get(id) ?? new LineLimit();
    this.limits.set(id, limit);
    const count = limit.count(limitedBy.map((name) => fields[name]).join(' '), nowMs);
    return count === undefined ? undefined : { ...fields, count };
  }
}
