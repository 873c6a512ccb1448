import type { EventTemplate } from '../event.js';

const pulse = (level: EventTemplate['level'], text: string): EventTemplate => ({
  ident: 'pulse',
  level,
  text,
});

/** pulse and its guardian. Phrases of the original stay as they were. */
export const PULSE_EVENTS = {
  PULSE_START_PRIMARY: pulse('info', 'STARTING PULSE AS MASTER'),
  PULSE_START_BACKUP: pulse('info', 'STARTING PULSE AS BACKUP'),
} as const;
