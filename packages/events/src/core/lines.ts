import { type EventRecord, formatEventLine } from './event.js';

/** A record with the process and the moment it belongs to. */
export interface Entry {
  readonly record: EventRecord;
  readonly pid: number;
  /** Wall clock, ms since 1970. */
  readonly atMs: number;
}

/** Severities and the facility as syslog numbers them; the facility is daemon, as the original's. */
const SEVERITY = { error: 3, warning: 4, info: 6, debug: 7 } as const;
const FACILITY_DAEMON = 3;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A foreground line: `pulse: partner dead: activating lvs [PULSE_PARTNER_DEAD] silentMs=1003`. */
export function consoleLine({ record }: Entry): string {
  return `${record.ident}: ${formatEventLine(record)}`;
}

/** A line of a log file: time with offset, host-less, `ident[pid]: text`. */
export function fileLine({ record, pid, atMs }: Entry): string {
  return `${new Date(atMs).toISOString()} ${record.ident}[${pid}]: ${formatEventLine(record)}`;
}

/** A datagram for /dev/log in the form of RFC 3164 as local daemons send it: no host name, local time. */
export function syslogLine({ record, pid, atMs }: Entry): string {
  const at = new Date(atMs);
  const day = String(at.getDate()).padStart(2, ' ');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const priority = FACILITY_DAEMON * 8 + SEVERITY[record.level];
  return `<${priority}>${MONTHS[at.getMonth()]} ${day} ${time} ${record.ident}[${pid}]: ${formatEventLine(record)}`;
}

/** One JSON object, the same record as the text. */
export function jsonLine({ record, pid, atMs }: Entry): string {
  const { id, ident, level, text, detail } = record;
  return JSON.stringify({
    at: new Date(atMs).toISOString(),
    id,
    ident,
    pid,
    level,
    text,
    ...prefixed(detail),
  });
}

/** The line of a log file that tells how many before it could not be written. */
export function lostLine(lost: number, atMs: number): string {
  return `${new Date(atMs).toISOString()} ${lost} log lines were lost`;
}

/** The same in a file of JSON lines, which must not hold anything else. */
export function lostJsonLine(lost: number, atMs: number): string {
  return JSON.stringify({
    at: new Date(atMs).toISOString(),
    level: 'warning',
    text: 'log lines were lost',
    lost,
  });
}

/** A field must not hide a word of the envelope. */
function prefixed(detail: EventRecord['detail']): Record<string, unknown> {
  const reserved = new Set(['at', 'id', 'ident', 'pid', 'level', 'text']);
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [reserved.has(name) ? `field_${name}` : name, value]),
  );
}
