import type { HistoryEntry, LvsdStatus, PathStatus, PulseStatus } from '@piranha/protocol';
import { countText, durationText } from './figures.js';
import { directorLines, ownDirectorRows } from './render-directors.js';
import { guardianLine } from './render-guardian.js';
import { heartbeatLines, heartbeatWarnings } from './render-heartbeat.js';
import { nannyRows } from './render-nannies.js';
import { serviceLines } from './render-services.js';
import { isLvsdWanted, type StatusView } from './status-view.js';
import { columns, spanText, terminalText } from './terminal-text.js';

/** Events shown, of both daemons together. */
const EVENT_COUNT = 12;

/** ` (4 min ago)` behind a wall clock time; nothing when it cannot be read. */
function agoText(iso: string, nowMs: number): string {
  const thenMs = Date.parse(iso);
  return Number.isNaN(thenMs) ? '' : ` (${spanText(nowMs - thenMs)} ago)`;
}

/** Of several directors each has paths of the same names. */
function pathName({ name, director }: PathStatus): string {
  return director === undefined ? name : `${terminalText(director)} ${name}`;
}

function pathRow(path: PathStatus): string[] {
  const { local, partner, multicast, sent, received, silentMs } = path;
  const heard = silentMs === undefined ? 'never heard' : `heard ${(silentMs / 1000).toFixed(1)} s ago`;
  const by = multicast === undefined ? '' : ` by ${multicast}`;
  return ['', pathName(path), `${local} -> ${partner}${by}`, `sent ${sent}`, `received ${received}`, heard];
}

/** Loss and lateness of one path over the last day; nothing for a path that was never heard. */
function qualityRow(path: PathStatus): string[][] {
  const { quality } = path;
  if (quality === undefined) return [];
  const { beats, lost, p50Ms, p99Ms, p999Ms, maxMs, longestGapMs, longestGapAt } = quality.day;
  const late = [p50Ms, p99Ms, p999Ms, maxMs].map(durationText).join(' / ');
  return [
    [
      '',
      pathName(path),
      `lost ${countText(lost)} of ${countText(beats + lost)}`,
      `late ${late} (half / 99 % / 99.9 % / most)`,
      `longest gap ${durationText(longestGapMs)}${longestGapAt === undefined ? '' : `, until ${longestGapAt}`}`,
    ],
  ];
}

function qualityLines({ paths }: PulseStatus): string[] {
  const rows = paths.flatMap(qualityRow);
  return rows.length === 0 ? [] : ['heartbeats of the last day', ...columns(rows)];
}

function adoptionText({ kind, at }: NonNullable<StatusView['adoption']>, nowMs: number): string {
  const ways = 'lvsctl adopt --undo gives back, --finish ends it';
  return `adopted from ${kind}, which stands FROZEN since ${terminalText(at)}${agoText(at, nowMs)}: ${ways}`;
}

/** What would outlive this director; nothing where nothing is synchronised. */
function syncRows({ sync }: PulseStatus): string[][] {
  if (sync === undefined) return [];
  const sides = [sync.master ? 'sends' : '', sync.backup ? 'listens' : ''].filter((side) => side !== '');
  const listening =
    sync.listeningSeconds === undefined ? '' : ` for ${spanText(sync.listeningSeconds * 1_000)}`;
  const { connections } = sync;
  const known =
    connections === undefined
      ? ''
      : `; ${connections.total}${connections.cut ? ' or more' : ''} connections, ${connections.synced} from the partner`;
  const covered =
    sync.coverage === undefined
      ? ''
      : `, the partner knows ${sync.coverage.known} of ${sync.coverage.total} in use`;
  const guard = sync.guardOn ? '; resets held back' : '';
  return [['sync', `${sides.join(' and ') || 'off'}${listening}${known}${covered}${guard}`]];
}

/** The witnesses, and why one does not answer; nothing where none is asked. */
function witnessRows({ witness }: PulseStatus): string[][] {
  if (witness === undefined) return [];
  const missing = witness.targets
    .filter(({ reach }) => reach !== 'reachable')
    .map(({ name, problem }) => `; ${name}: ${problem ?? 'not asked yet'}`);
  return [['witness', `${witness.text}, witness_policy = ${witness.policy}${missing.join('')}`]];
}

/** Whether a standby would take over well; nothing on the node that serves everything. */
function readinessRows({ readiness, active, groups = [] }: PulseStatus): string[][] {
  const servesAll = active && groups.every((group) => group.active);
  if (readiness === undefined || servesAll) return [];
  const { ready, reasons, serversUp, serversTotal } = readiness;
  const servers = serversTotal === 0 ? '' : `, ${serversUp} of ${serversTotal} servers up`;
  return [['ready', `to take over: ${ready ? `yes${servers}` : `NO, because ${reasons.join('; ')}`}`]];
}

/** An operator's order to stay out; nothing for a usual standby. */
function maintenanceRows({ maintenance, active }: PulseStatus, nowMs: number): string[][] {
  if (maintenance === undefined) return [];
  const { by, at, reason, unlessAlone } = maintenance;
  const what = active ? 'MAINTENANCE STANDBY, serving alone' : 'MAINTENANCE STANDBY';
  const dead = unlessAlone
    ? 'takes over only if the partner is dead'
    : 'takes nothing, even if the partner dies';
  const why = reason === '' ? '' : `: ${reason}`;
  return [['order', `${what}: ${dead}; by ${by} at ${at}${agoText(at, nowMs)}${why}`]];
}

/** ` (adaptive: 3.1 s in use)`, or why it is the whole deadtime; nothing without adaptive = 1. */
function adaptiveText({ adaptive }: PulseStatus): string {
  if (adaptive === undefined) return '';
  const { thresholdMs, because = 'not measured yet', falseAlarms } = adaptive;
  const used =
    thresholdMs === undefined
      ? `adaptive: the deadtime, for now: ${terminalText(because)}`
      : `adaptive: ${thresholdMs / 1000} s in use`;
  const wrong =
    falseAlarms === 0 ? '' : `, ${falseAlarms} ${falseAlarms === 1 ? 'false alarm' : 'false alarms'}`;
  return ` (${used}${wrong})`;
}

/** Each group of addresses on its line; nothing where all move together. */
function groupRows({ groups = [] }: PulseStatus): string[][] {
  return groups.map(({ name, active, state, preferred, partner, vips, reason }) => {
    const here = active ? 'ACTIVE' : 'STANDBY';
    const other = partner === undefined ? '' : `, partner ${partner}`;
    const held = vips.length === 0 ? 'no address' : vips.join(' ');
    return ['group', `${name}: ${here} (${state}), prefers the ${preferred}${other}; ${held}; ${reason}`];
  });
}

function pulseLines(status: PulseStatus, nowMs: number, verbose: boolean): string[] {
  const { role, active, state, reason, since, partner, keepaliveMs, deadtimeMs } = status;
  const beat = `keepalive ${keepaliveMs / 1000} s, deadtime ${deadtimeMs / 1000} s${adaptiveText(status)}`;
  const children = status.children.map(({ name, pid, phase, starts }) => [
    '',
    name,
    pid === undefined ? 'no pid' : `pid ${pid}`,
    phase,
    `started ${starts} ${starts === 1 ? 'time' : 'times'}`,
  ]);
  return [
    ...columns([
      ['role', `${role}, ${active ? 'ACTIVE' : 'STANDBY'} (${state})`],
      ...ownDirectorRows(status),
      ['since', `${since}${agoText(since, nowMs)}`],
      ['why', reason],
      ...readinessRows(status),
      ...maintenanceRows(status, nowMs),
      ['partner', partner],
      ['beat', beat],
      ...heartbeatWarnings(status),
      ['VIPs', status.vips.length === 0 ? 'none held' : status.vips.join(' ')],
      ...groupRows(status),
      ...witnessRows(status),
      ...syncRows(status),
      ['pulse', `pid ${status.pid}, version ${status.version}, ${status.configFile}`],
    ]),
    ...directorLines(status),
    ...(status.paths.length === 0 ? [] : ['paths', ...columns(status.paths.map(pathRow))]),
    ...(verbose ? [...heartbeatLines(status), ...qualityLines(status)] : []),
    ...(children.length === 0 ? [] : ['children', ...columns(children)]),
  ];
}

function reloadText({ lastReload }: LvsdStatus): string {
  if (lastReload === undefined) return 'none since the start';
  return `${lastReload.at} ${lastReload.ok ? 'done' : 'REFUSED'}: ${lastReload.text}`;
}

function tableText(status: LvsdStatus): string {
  const sync = status.tableInSync ? 'in sync' : 'NOT IN SYNC';
  return status.ready ? sync : `${sync}, not every server has its first verdict`;
}

function lvsdLines(status: LvsdStatus): string[] {
  return columns([
    ['lvsd', `pid ${status.pid}, version ${status.version}, ${status.configFile}`],
    ['table', `${status.director} director, ${tableText(status)}`],
    ...status.problems.map((problem) => ['problem', problem]),
    ...nannyRows(status.sharedNannies, status.ownProbes, status.probeRate),
    ['reload', reloadText(status)],
    ...status.foreignEntries.map((entry) => ['foreign', `${entry} (left alone)`]),
  ]);
}

function eventLines(view: StatusView): string[] {
  const of = (daemon: string, history: readonly HistoryEntry[]) =>
    history.map(({ at, text }) => ({ at, row: ['', at, daemon, text] }));
  const all = [
    ...(view.pulse.reached ? of('pulse', view.pulse.status.history) : []),
    ...(view.lvsd.reached ? of('lvsd', view.lvsd.status.history) : []),
  ];
  // ISO 8601 in UTC sorts as text; equal times keep the daemons' own order.
  const last = all
    .sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)))
    .slice(-EVENT_COUNT);
  return last.length === 0 ? [] : ['', 'last events', ...columns(last.map(({ row }) => row))];
}

function lvsdMissing(view: StatusView, reason: string): string {
  return isLvsdWanted(view)
    ? `lvsd     NOT REACHED: ${reason}`
    : 'lvsd     not started: a cold standby does without it';
}

/** The page that `lvsctl status` prints, for people; `nowMs` is the wall clock. */
export function renderStatus(view: StatusView, nowMs: number, verbose = false): string[] {
  const { pulse, lvsd, guardian, adoption } = view;
  return [
    `director in ${terminalText(view.runDirectory)}`,
    ...(adoption === undefined ? [] : [adoptionText(adoption, nowMs)]),
    '',
    ...(pulse.reached
      ? pulseLines(pulse.status, nowMs, verbose)
      : [`pulse    NOT REACHED: ${terminalText(pulse.reason)}`]),
    ...(guardian === undefined ? [] : [guardianLine(guardian)]),
    '',
    ...(lvsd.reached ? lvsdLines(lvsd.status) : [terminalText(lvsdMissing(view, lvsd.reason))]),
    ...(lvsd.reached ? serviceLines(lvsd.status.services, nowMs) : []),
    ...eventLines(view),
  ];
}
