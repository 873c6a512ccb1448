import { directiveReasons, type ReasonOf } from '../ledger.js';
import { CARRIED } from './carried.js';

const PASSWORD =
  'nobody logs in, for passwords have no place in lvs.cf: write user (ldap: bind_dn) and password_file into the check block';

/** Why each directive is not carried over that lvs.cf cannot say. */
export const NOT_CARRIED: Readonly<Record<string, string>> = {
  emailalertfreq: 'a change is mailed once; mail_limit says how many mails a minute there are',
  emailalertstatus: 'mail_to is told of every change',
  autoreload: 'a changed file is read when lvsctl reload says so',
  callback: 'no program is run when the file changes: lvsctl sync copies lvs.cf to the partner',
  logfile: 'where logs go is said by piranha.ini',
  execute: 'a director has one lvs.cf: import the other file too, and put its blocks behind these',
  supervised: 'start pulse with --nodaemon where something else supervises it',
  monitorfile: 'results of checks are in the log, with --verbose each of them',
  connecttimeout: 'ldirectord has no such word any more: negotiatetimeout took its place',
  timeout: 'ldirectord has no such word any more: checktimeout and negotiatetimeout took its place',
  checkcount: 'ldirectord itself advises against it; failurecount becomes fall',
  passwd: PASSWORD,
  secret: 'no RADIUS question is asked: docs/check-recipes.md has one',
  load: 'load of servers is not asked for by this word: load_monitor or agent',
};

/** Why a directive that can be carried over was not: nobody asked for it here. */
const MISPLACED = {
  login: PASSWORD,
  database: 'no query is made',
  emailalertfrom: 'it has no use without emailalert',
  smtp: 'it has no use without emailalert',
  request: 'it has no use: nothing is asked for',
  receive: 'it has no use: no answer is looked at',
} as const;

/** Why a word of an ldirectord.cf is not carried over. */
export const ldirectordReason: ReasonOf = directiveReasons(
  { carried: CARRIED, notCarried: NOT_CARRIED, misplaced: MISPLACED },
  'it is not understood, neither here nor by ldirectord',
);
