import type { EventTemplate } from '../event.js';

const ipvsu = (level: EventTemplate['level'], text: string): EventTemplate => ({
  ident: 'ipvsu',
  level,
  text,
});

/** The userspace director. */
export const IPVSU_EVENTS = {
  IPVSU_STARTED: ipvsu('info', 'userspace director started'),
} as const;
