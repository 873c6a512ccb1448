import type { EventTemplate } from '../event.js';

const ipvsu = (level: EventTemplate['level'], text: string): EventTemplate => ({
  ident: 'ipvsu',
  level,
  text,
});

/** The userspace director. */
export const IPVSU_EVENTS = {
  IPVSU_STARTED: ipvsu('info', 'userspace director started'),
  IPVSU_STOPPED: ipvsu('info', 'userspace director stopped'),
  IPVSU_VIP_HELD: ipvsu('info', 'serving {address}'),
  IPVSU_VIP_RELEASED: ipvsu('info', 'released {address}'),
  IPVSU_STATE_UNWRITABLE: ipvsu('error', 'state cannot be written: {problem}'),
  IPVSU_LISTEN_FAILED: ipvsu('error', '{problem}'),
  IPVSU_OPERATION_REFUSED: {
    ...ipvsu('warning', '{operation} refused: {reason}'),
    limitedBy: ['operation', 'reason'],
  },
  IPVSU_CONNECTION_LIMIT: {
    ...ipvsu('warning', 'limit of {limit} connections reached, turning clients away'),
    limitedBy: [],
  },
  IPVSU_FEW_DESCRIPTORS: ipvsu('info', 'only {limit} connections fit into the limit of open files'),
  IPVSU_CONNECT_FAILED: {
    ...ipvsu('debug', 'connect to {server} failed: {reason}'),
    limitedBy: ['server', 'reason'],
  },
} as const;
