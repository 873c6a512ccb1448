import type { EventTemplate } from '../event.js';

const notify = (level: EventTemplate['level'], text: string): EventTemplate => ({
  ident: 'notify',
  level,
  text,
});

/** What programs and people are told, and what became of that. */
export const NOTIFY_EVENTS = {
  NOTIFY_ACTIVE: notify('debug', 'this node is active: {reason}'),
  NOTIFY_STANDBY: notify('debug', 'this node is standby: {reason}'),
  NOTIFY_FAULT: notify('debug', 'this node has a failure: {reason}'),
  NOTIFY_RECOVERED: notify('debug', 'a failure of this node is over: {reason}'),
  NOTIFY_STOPPED: notify('debug', 'pulse stops on this node: {reason}'),
  NOTIFY_PARTNER_LOST: notify('debug', 'the partner is lost: {reason}'),
  NOTIFY_PARTNER_BACK: notify('debug', 'the partner is back: {reason}'),
  NOTIFY_SERVER_UP: notify('debug', 'real server {service}/{server} ({address}) is up: {reason}'),
  NOTIFY_SERVER_DOWN: notify('debug', 'real server {service}/{server} ({address}) is down: {reason}'),
  NOTIFY_SORRY_ON: notify('debug', 'sorry server {address} of {service} is in use: no real server is up'),
  NOTIFY_SORRY_OFF: notify('debug', 'sorry server {address} of {service} is in use no longer'),
  NOTIFY_QUORUM_UP: notify('debug', 'service {service} has its quorum: weight {weight} of {needed} is up'),
  NOTIFY_QUORUM_DOWN: notify(
    'debug',
    'service {service} has lost its quorum: weight {weight} of {needed} is up',
  ),
  NOTIFY_STARTED: notify('info', 'started {program}: {event}'),
  NOTIFY_OUTPUT: notify('info', '{program} says: {line}'),
  NOTIFY_ENDED: notify('info', '{program} ended: {outcome}'),
  NOTIFY_FAILED: notify('warning', '{program} failed: {problem}'),
  NOTIFY_UNSAFE: notify('error', '{program} is not run by root: {problem}'),
  NOTIFY_RISKY: notify('warning', '{program} is run by root all the same: {problem}'),
  NOTIFY_LEFT: notify('warning', 'stopping while {count} programs run or wait'),
  NOTIFY_DROPPED: notify('warning', 'programs are slower than what happens: {count} not told'),
  NOTIFY_SUPERSEDED: notify(
    'warning',
    '{program} is not run for "{event}": something newer happened before it could',
  ),
  NOTIFY_LATE: notify('warning', 'taking the addresses without waiting longer for {program}'),
  NOTIFY_MAIL_SENT: notify('info', 'mail sent: {subject}'),
  NOTIFY_MAIL_FAILED: notify('warning', 'mail cannot be sent, trying again: {problem}'),
  NOTIFY_MAIL_WORKS: notify('info', 'mail can be sent again'),
  NOTIFY_MAIL_LOST: notify('error', 'mail was not sent: {count} changes not told'),
} as const;
