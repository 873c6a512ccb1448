import type { EventTemplate } from '../event.js';

const nanny = (level: EventTemplate['level'], text: string): EventTemplate => ({
  ident: 'nanny',
  level,
  text,
});

/**
 * nanny, which reports to lvsd; lvsd logs under nanny's ident. Phrases of the original stay as they were.
 * `{server}` is the real server's IP:PORT, `{service}` the virtual one's.
 */
export const NANNY_EVENTS = {
  NANNY_STARTED: nanny('info', 'starting LVS client monitor for {service} -> {server}'),
  NANNY_SERVER_UP: nanny('info', '[ active ] making {server} available'),
  NANNY_SERVER_DOWN: nanny('info', '[inactive] shutting down {server} due to connection failure'),
  NANNY_SERVER_DOWN_AT_START: nanny('info', '{server} is down from the start'),
  NANNY_STOPPING: nanny('info', 'Terminating due to signal {signal}'),

  NANNY_CONNECT_TIMED_OUT: nanny('info', 'CONNECT to {server} timed out'),
  NANNY_CONNECT_FAILED: nanny('info', 'CONNECT to {server} failed: {error}'),
  NANNY_WRITE_FAILED: nanny('info', 'WRITE operation for {server} returned error: {error}'),
  NANNY_WRITE_TIMED_OUT: nanny('info', 'WRITE to {server} timed out'),
  NANNY_READ_TIMED_OUT: nanny('info', 'READ to {server} timed out'),
  NANNY_READ_FAILED: nanny('info', 'READ returned error {errno}:{error}'),
  NANNY_READ_TOO_SHORT: nanny('info', 'READ from {server} was too short'),
  NANNY_ANSWER_UNEXPECTED: nanny(
    'info',
    'Trouble. Received results are not what we expected from ({server})',
  ),
  NANNY_REGEX_BAD: nanny('error', "Error '{error}' processing expected regular expression"),

  NANNY_CHECK_FAILED: nanny('info', 'check {check} of {server} failed: {what}'),
  NANNY_CERTIFICATE_ENDS: nanny(
    'warning',
    'check {check}: the certificate of {server} ends in {days} days, {until}',
  ),
  NANNY_CERTIFICATE_ENDED: nanny('warning', 'check {check}: the certificate of {server} has ended, {until}'),
  NANNY_NO_DESCRIPTORS: nanny(
    'error',
    'cannot check {server}, whose state stays: {error}; raise the limit of open files',
  ),
  NANNY_CHECK_UNKNOWN: nanny('error', 'check {check}: this nanny knows no kind {kind}'),

  NANNY_PROGRAM_SILENT: nanny(
    'info',
    "Ran the external sending program to ({server}) but didn't get anything back",
  ),
  NANNY_PROGRAM_FAILED: nanny('info', 'The following exited abnormally: {program}'),
  NANNY_PROGRAM_TIMED_OUT: nanny('info', 'timeout running the following: {program}'),
  NANNY_PROGRAM_NOT_RUN: nanny('error', 'cannot run {program}: {error}'),
  NANNY_PROGRAM_BAD: nanny('error', 'external sending program unusable: {error}'),
  NANNY_SEND_IGNORED: nanny(
    'info',
    'External program use requested: ({program}), IGNORING send string option ({sendBytes} bytes)',
  ),

  NANNY_DEFAULT_WEB_CHECK: nanny('info', 'nanny: no monitor configured, assuming web service on port 80'),
  NANNY_LOAD_FAILED: nanny('warning', 'failed to read remote load of {server}: {problem}'),
  NANNY_LOAD_BAD: nanny('warning', 'bad load average returned: {text}'),
  NANNY_LOAD_BACK: nanny('info', 'load of {server} can be read again'),
  NANNY_AGENT_SILENT: nanny('warning', 'agent of {server} does not answer: {problem}'),
  NANNY_AGENT_BAD: nanny('warning', 'agent of {server} says what nobody understands: {text}'),
  NANNY_AGENT_WORD: nanny(
    'warning',
    'agent of {server} says a word that nobody understands, the others count: {word}',
  ),
  NANNY_AGENT_BACK: nanny('info', 'agent of {server} answers again'),
  NANNY_AGENT_DOWN: nanny('warning', 'agent of {server} says that it is down: {text}'),
  NANNY_AGENT_UP: nanny('info', 'agent of {server} does not say any more that it is down'),
  NANNY_FORCED_UP: nanny('info', 'rose-colored glasses on'),
  NANNY_FORCED_DOWN: nanny('info', 'opaque glasses on'),
  NANNY_FORCE_REMOVED: nanny('info', 'DEBUG -- removing glasses'),
  NANNY_SHARED_SIGNAL: nanny(
    'warning',
    'signal {signal} is for a nanny of one real service, not for one of {services}: take the server out with lvsctl disable',
  ),
  NANNY_SHARED_ORDER_BAD: nanny('error', 'an order that makes no sense is ignored: {order}'),
  NANNY_CHECK_CRASHED: nanny('error', 'the check of {server} failed by itself: {error}'),
  NANNY_CHECKED: nanny('debug', 'avail: {available} active: {active}: count: {count}'),
} as const;
