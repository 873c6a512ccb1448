import type { EventTemplate } from '../event.js';

const nanny = (level: EventTemplate['level'], text: string): EventTemplate => ({
  ident: 'nanny',
  level,
  text,
});

/** nanny, which reports to lvsd; lvsd logs under nanny's ident. Phrases of the original stay as they were. */
export const NANNY_EVENTS = {
  NANNY_SERVER_UP: nanny('info', '[ active ] making {server} available'),
} as const;
