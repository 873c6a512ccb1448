import { IPVSU_EVENTS } from './catalogue/ipvsu.js';
import { LVSD_EVENTS } from './catalogue/lvsd.js';
import { MAINTENANCE_EVENTS } from './catalogue/maintenance.js';
import { NANNY_EVENTS } from './catalogue/nanny.js';
import { NOTIFY_EVENTS } from './catalogue/notify.js';
import { PULSE_EVENTS } from './catalogue/pulse.js';
import { type EventFields, type EventRecord, renderEvent } from './event.js';

/** Every line that the suite can log, by its stable id. Renaming an id breaks somebody's alarm. */
export const CATALOGUE = {
  ...PULSE_EVENTS,
  ...LVSD_EVENTS,
  ...MAINTENANCE_EVENTS,
  ...NANNY_EVENTS,
  ...IPVSU_EVENTS,
  ...NOTIFY_EVENTS,
} as const;

export type EventId = keyof typeof CATALOGUE;

/** The record of a catalogued event. */
export function eventRecord(id: EventId, fields: EventFields = {}): EventRecord {
  return renderEvent(id, CATALOGUE[id], fields);
}

/** True for an id of the catalogue; for ids that arrive on a socket. */
export function isEventId(id: string): id is EventId {
  return Object.hasOwn(CATALOGUE, id);
}
