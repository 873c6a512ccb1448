import type { EventTemplate } from '../event.js';

const lvsd = (level: EventTemplate['level'], text: string): EventTemplate => ({ ident: 'lvsd', level, text });

/** lvsd. Phrases of the original stay as they were. */
export const LVSD_EVENTS = {
  LVSD_SERVICE_START: lvsd('info', 'starting virtual service {service} active: {port}'),
} as const;
