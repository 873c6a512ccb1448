import type { HeartbeatMeasurement, PathQuality } from '@piranha/protocol';
import { FEWEST_INTERVALS, type HeartbeatAdvice, type Timing } from '@piranha/protocol/heartbeat-advice';
import { adviceReasons } from './advice-reasons.js';
import { countText, durationText, rateText, shareText } from './figures.js';
import { columns, spanText, terminalText } from './terminal-text.js';

/** What `lvsctl advise` prints on standard output. */

const HEADER = ['path', 'received', 'lost', 'late: half', '99 %', '99.9 %', 'latest', 'longest gap'];

function lateCells({
  p50Ms,
  p99Ms,
  p999Ms,
  maxMs,
}: Omit<PathQuality, 'beats' | 'lost' | 'longestGapMs'>): string[] {
  return [p50Ms, p99Ms, p999Ms, maxMs].map(durationText);
}

function pathRows({ paths, own }: HeartbeatMeasurement): string[][] {
  const rows = paths.map(({ name, heard, quality: { month } }) => {
    if (!heard) return [name, 'never heard'];
    const { beats, lost, longestGapMs, longestGapAt } = month;
    const share = beats + lost === 0 ? 0 : lost / (beats + lost);
    const gap = `${durationText(longestGapMs)}${longestGapAt === undefined ? '' : `, until ${longestGapAt}`}`;
    return [name, countText(beats), shareText(share), ...lateCells(month), gap];
  });
  const self = [own.p99Ms, own.p999Ms, own.maxMs].map(durationText);
  return [HEADER, ...rows, ['this pulse', '', '', '', ...self]];
}

/** The two words of lvs.cf. */
function lines({ keepaliveMs, deadtimeMs }: Omit<Timing, 'perYear'>): string {
  return `keepalive = ${keepaliveMs / 1_000}\ndeadtime = ${deadtimeMs / 1_000}`;
}

const REFUSALS: Readonly<Record<HeartbeatAdvice['verdict'], string>> = {
  proposed: '',
  'no partner': 'No advice: lvs.cf names no partner (backup_active = 1 and backup).',
  'never heard': 'No advice: the partner was never heard. See lvsctl doctor.',
  'too few beats': `No advice yet: it takes ${countText(FEWEST_INTERVALS)} heartbeats.`,
  'no deadtime would do':
    'No advice: with these losses no reasonable deadtime is safe. Mend the network first.',
};

function proposalLines({ proposal, present, wantedPerYear, shorter }: HeartbeatAdvice): string[] {
  if (proposal === undefined) return [];
  const isPresent = proposal.deadtimeMs === present.deadtimeMs;
  const others = shorter.map(({ keepaliveMs, deadtimeMs }) => [
    '',
    `keepalive = ${keepaliveMs / 1_000}`,
    `deadtime = ${deadtimeMs / 1_000}`,
  ]);
  return [
    `${isPresent ? 'The present settings are the proposal' : 'Proposal'}, at most ${rateText(proposal.perYear)} (wanted: ${rateText(wantedPerYear)}):`,
    '',
    ...lines(proposal).split('\n'),
    ...(others.length === 0
      ? []
      : ['', 'Should losses and lateness stay as they are (not measured: ask again after the change):']),
    ...columns(others),
  ];
}

/** The page, for people. */
export function renderAdvice(measured: HeartbeatMeasurement, advice: HeartbeatAdvice): string[] {
  const { verdict, present, observedMs, intervals } = advice;
  const { longestMs, longestAt } = measured.together.month;
  const expected =
    present.perYear === undefined ? '' : `, false takeovers expected: at most ${rateText(present.perYear)}`;
  const silence = `${durationText(longestMs)}${longestAt === undefined ? '' : `, until ${longestAt}`}`;
  return [
    ...columns([
      ['measured', `${spanText(observedMs)}, ${countText(intervals)} keepalives, of the last 30 days`],
      ['present', `${lines(present).replace('\n', ', ')}${expected}`],
      ...(longestAt === undefined ? [] : [['longest', `silence on all paths: ${silence}`]]),
    ]),
    '',
    ...(measured.paths.length === 0 ? [] : [...columns(pathRows(measured)), '']),
    ...(verdict === 'proposed' ? proposalLines(advice) : [REFUSALS[verdict]]),
    '',
    ...adviceReasons(measured, advice).map((reason) => `- ${terminalText(reason)}`),
  ];
}
