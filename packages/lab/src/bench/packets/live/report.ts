import { markdownTable } from '../../table.js';
import { droppedBetween, type FloodResult, type Seen } from './flood.js';

const megabytes = (bytes = 0): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

/** What no hostile packet may change. */
function whoServes({ status: { role, state, since, partner } }: Seen): string {
  return `${role} ${state} since ${since}, partner ${partner}`;
}

/** The lines that were logged meanwhile, with how often. */
function newLines(before: Seen, after: Seen): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const id of after.logged.slice(before.logged.length)) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

/** What may be compared of a flood without looking at its table. */
export function floodSums(result: FloodResult) {
  const { before, after, sent, replayedWords, lostByKernel } = result;
  const pairs = before.map((one, side) => [one, after[side] as Seen] as const);
  return {
    sent: sum([...sent.values()].map(({ partner, stranger }) => partner + stranger)),
    dropped: sum(pairs.map(([one, other]) => droppedBetween(one, other))),
    replayedWords,
    lostByKernel,
    processesChanged: pairs.filter(
      ([one, other]) => one.status.pid !== other.status.pid || one.guardianPid !== other.guardianPid,
    ).length,
    rolesChanged: pairs.filter(([one, other]) => whoServes(one) !== whoServes(other)).length,
    lines: pairs.map(([one, other]) => newLines(one, other)),
  };
}

/** A line a minute for each reason is allowed; what strangers send is told with -v only. */
function linesText(
  { status: { role, heartbeat } }: Seen,
  found: readonly string[],
  durationMs: number,
): string {
  const reasons = Object.keys(heartbeat?.dropped ?? {}).filter((reason) => reason !== 'stranger').length;
  const most = reasons * (1 + Math.floor(durationMs / 60_000));
  return `log lines of the ${role}: ${found.join(', ') || 'none'}; ${most} would be allowed for ${reasons} reasons`;
}

/** The tables of one flood. */
export function floodReport(title: string, result: FloodResult): string {
  const { sent, warmBytes, before, after, durationMs } = result;
  const sums = floodSums(result);
  const rows = [...sent].map(([kind, { partner, stranger }]) => [kind, String(partner), String(stranger)]);
  const reasons = after.map(({ status }, side) => {
    const was = before[side]?.status.heartbeat?.dropped ?? {};
    return Object.entries(status.heartbeat?.dropped ?? {}).map(
      ([reason, count]) => [reason, count - (was[reason] ?? 0)] as const,
    );
  });
  const byReason = new Map<string, number>();
  for (const [reason, count] of reasons.flat()) byReason.set(reason, (byReason.get(reason) ?? 0) + count);
  const lines = sums.lines.map((counts) => Object.entries(counts).map(([id, count]) => `${count} ${id}`));
  return [
    markdownTable([title, "from the partner's address", 'from a stranger'], rows),
    '',
    markdownTable(
      ['dropped by pulse, by reason', 'packets'],
      [...byReason].filter(([, count]) => count > 0).map(([reason, count]) => [reason, String(count)]),
    ),
    '',
    `sent ${sums.sent}: dropped by pulse ${sums.dropped}, taken for the partner's word, as they are ${sums.replayedWords}, lost in the kernel ${sums.lostByKernel}`,
    `processes that ended ${sums.processesChanged}, roles that changed ${sums.rolesChanged}, in ${Math.round(durationMs / 1000)} s`,
    ...lines.map((found, side) => linesText(after[side] as Seen, found, durationMs)),
    ...before.map(
      ({ status, residentBytes }, side) =>
        `memory of the ${status.role}'s worker, which has a small heap: ${megabytes(residentBytes)} before, ${megabytes(warmBytes[side])} after a tenth, ${megabytes(after[side]?.residentBytes)} at the end`,
    ),
  ].join('\n');
}
