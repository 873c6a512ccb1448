import { expect, it } from 'vitest';
import { CATALOGUE, type EventId, eventRecord } from '../../src/core/catalogue.js';

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** What operators of the original suite grep for. A changed line here breaks their alarms. */
const OLD_PHRASES: Readonly<Partial<Record<EventId, string>>> = {
  PULSE_START_PRIMARY: 'STARTING PULSE AS MASTER',
  PULSE_START_BACKUP: 'STARTING PULSE AS BACKUP',
  PULSE_BACKUP_INACTIVE: 'We are backup node and backup is marked inactive -- exiting pulse',
  PULSE_FORCED_ACTIVE: 'Forced active on startup: activating lvs',
  PULSE_PARTNER_DEAD: 'partner dead: activating lvs',
  PULSE_PARTNER_ACTIVE_YIELD: 'partner active: deactivating LVS',
  PULSE_PARTNER_ACTIVE_ARP: 'partner active: resending arps',
  PULSE_BACKUP_STOPPED: 'backup inactive: activating lvs',
  PULSE_PRIMARY_STOPPED: 'primary inactive: activating lvs',
  PULSE_CHILD_EXITED: 'Child process <pid> exited with status <status>',
  PULSE_CHILD_SIGNALLED: 'Child process <pid> terminated with signal <signal>',
  PULSE_STOP: 'Terminating due to signal <signal>',
  PULSE_BAD_WORD: 'Incompatible heartbeat received -- other system not using identical services',
  PULSE_BAD_LENGTH: 'bad heartbeat packet',
  PULSE_STRANGER: 'Unexpected heartbeat from <address>',
  PULSE_SEND_FAILED: 'Warning -- failed to send heartbeat (<path> if): <problem>',
  PULSE_SENT: 'DEBUG -- Sending heartbeat...',
  PULSE_RECEIVED: 'DEBUG -- Received Heartbeat from partner',
  LVSD_SERVICE_START: 'starting virtual service <service> active: <port>',
  LVSD_MONITOR_START: 'create_monitor for <service>/<server> running as pid <pid>',
  LVSD_SERVICE_STOP: 'shutting down virtual service <service>',
  LVSD_OPERATION_FAILED: 'ipvsadm failed for virtual server <key>!',
  LVSD_TIMEOUTS_FAILED: 'ipvsadm failed to set timeouts (<tcp> <tcpfin> <udp>)',
  LVSD_NANNY_DIED: 'nanny for child <service>/<server> died!',
  LVSD_STOP: 'shutting down due to signal <signal>',
  LVSD_RELOAD: 'rereading configuration file',
  LVSD_RELOAD_REFUSED: 'lvs: error parsing <file> on line <line>.',
  NANNY_STARTED: 'starting LVS client monitor for <service> -> <server>',
  NANNY_SERVER_UP: '[ active ] making <server> available',
  NANNY_SERVER_DOWN: '[inactive] shutting down <server> due to connection failure',
  NANNY_CONNECT_TIMED_OUT: 'CONNECT to <server> timed out',
  NANNY_READ_TIMED_OUT: 'READ to <server> timed out',
  NANNY_READ_TOO_SHORT: 'READ from <server> was too short',
  NANNY_READ_FAILED: 'READ returned error <errno>:<error>',
  NANNY_WRITE_FAILED: 'WRITE operation for <server> returned error: <error>',
  NANNY_ANSWER_UNEXPECTED: 'Trouble. Received results are not what we expected from (<server>)',
  NANNY_PROGRAM_SILENT: "Ran the external sending program to (<server>) but didn't get anything back",
  NANNY_PROGRAM_FAILED: 'The following exited abnormally:',
  NANNY_PROGRAM_TIMED_OUT: 'timeout running the following:',
  NANNY_SEND_IGNORED: 'External program use requested: (<program>), IGNORING send string option (',
  NANNY_DEFAULT_WEB_CHECK: 'nanny: no monitor configured, assuming web service on port 80',
  NANNY_REGEX_BAD: "Error '<error>' processing expected regular expression",
  NANNY_FORCED_UP: 'rose-colored glasses on',
  NANNY_FORCED_DOWN: 'opaque glasses on',
  NANNY_FORCE_REMOVED: 'DEBUG -- removing glasses',
  NANNY_STOPPING: 'Terminating due to signal <signal>',
  NANNY_CHECKED: 'avail: <available> active: <active>: count: <count>',
};

it.each(Object.entries(OLD_PHRASES) as [EventId, string][])('keeps the old phrase of %s', (id, phrase) => {
  const fields = Object.fromEntries(placeholders(CATALOGUE[id].text).map((name) => [name, `<${name}>`]));
  expect(eventRecord(id, fields).text.startsWith(phrase)).toBe(true);
});
