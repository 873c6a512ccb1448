import type { EventTemplate } from '../event.js';

const lvsd = (level: EventTemplate['level'], text: string): EventTemplate => ({ ident: 'lvsd', level, text });

/** lvsd: real servers that operators take out of service. */
export const MAINTENANCE_EVENTS = {
  LVSD_DRAIN: lvsd('info', 'draining {service}/{server} ({place}), by {by}: {reason}'),
  LVSD_DRAINED: lvsd(
    'info',
    '{service}/{server} is drained after {seconds} s: no connection is left, taking it out of the table',
  ),
  LVSD_DRAIN_OVER: lvsd(
    'warning',
    '{service}/{server} is drained by its time limit after {seconds} s: {left}; taking it out of the table',
  ),
  LVSD_DISABLED: lvsd('info', 'disabling {service}/{server} ({place}), by {by}: {reason}'),
  LVSD_ENABLED: lvsd('info', '{service}/{server} ({place}) may serve again, by {by}: {reason}'),
  LVSD_DRAIN_REFUSED: lvsd('warning', '{action} of {server} by {by} refused: {why}'),
  LVSD_FILE_HELD: lvsd(
    'warning',
    'maintenance_dir: {file} has to wait, no other server of {services} is up: write force into it to insist',
  ),
  LVSD_FILE_IGNORED: lvsd('warning', 'maintenance_dir: {file} is no order: {problem}'),
  LVSD_MAINTENANCE_DIR: lvsd('error', 'maintenance_dir {path}: {problem}: its orders stay as they were'),
  LVSD_MAINTENANCE_DIR_MISSING: lvsd(
    'warning',
    'maintenance_dir {path} is not there: no file takes a server out',
  ),
  LVSD_ORDERS_BROKEN: lvsd(
    'error',
    '{file} cannot be read: {problem}; set aside as {kept}: no server is drained or disabled by it any more',
  ),
  LVSD_ORDERS_MERGED: lvsd('info', "the partner's orders about {count} servers taken over"),
  LVSD_ORDERS_OVERRULED: lvsd(
    'warning',
    '{place}: {own} no longer counts, {now} does: it is older, but its director knew of more orders; {more} more like it',
  ),
  LVSD_STATE_UNWRITABLE: lvsd('error', 'cannot write state: {problem}'),
} as const;
