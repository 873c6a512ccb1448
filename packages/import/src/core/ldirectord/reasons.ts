import { type ReasonOf, reasonsFrom } from '../ledger.js';

const MAIL = 'mail is not carried over: write mail_to and smtp_server';
const PASSWORD = 'servers are not logged in to';

const TABLE: Readonly<Record<string, string>> = {
  emailalert: MAIL,
  emailalertfreq: MAIL,
  emailalertfrom: MAIL,
  emailalertstatus: MAIL,
  smtp: MAIL,
  autoreload: 'a changed file is read when lvsctl reload says so',
  callback: 'no program is run when the file changes: copy lvs.cf to the partner, and lvsctl reload there',
  logfile: 'where logs go is said by piranha.ini',
  execute: 'a director has one lvs.cf: import the other file too, and put its blocks behind these',
  supervised: 'start pulse with --nodaemon where something else supervises it',
  fallbackcommand: 'no program is run when the fallback server comes and goes: the log tells',
  monitorfile: 'results of checks are in the log, with --verbose each of them',
  maintenancedir: 'a server is taken out of service by weight = 0 and lvsctl reload',
  connecttimeout: 'ldirectord has no such word any more: negotiatetimeout took its place',
  timeout: 'ldirectord has no such word any more: checktimeout and negotiatetimeout took its place',
  checkcount: 'one check decides, as with failurecount = 1',
  login: PASSWORD,
  passwd: PASSWORD,
  database: PASSWORD,
  secret: PASSWORD,
  load: 'load of servers is not asked for: weights stay as configured',
};

/** Why a word of an ldirectord.cf is not carried over. */
export const ldirectordReason: ReasonOf = reasonsFrom(
  TABLE,
  'it is not understood, neither here nor by ldirectord',
);
