/** What a process costs. */
export interface ProcessFigures {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

/** The kernel counts processor time for users in hundredths of a second, whatever its own clock. */
const TICKS_PER_SECOND = 100;

/**
 * Reads `/proc/PID/stat` and `/proc/PID/status`; undefined where they are of a process that ends.
 * @param stat its second field, the name, may hold blanks and parentheses
 */
export function readFigures(stat: string, status: string): ProcessFigures | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime are fields 14 and 15; what is left begins with the third.
  const ticks = Number(fields[11]) + Number(fields[12]);
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (!Number.isFinite(ticks) || kilobytes === undefined) return undefined;
  return { residentBytes: Number(kilobytes) * 1_024, cpuSeconds: ticks / TICKS_PER_SECOND };
}

/** All of them together. */
export function sumOfFigures(figures: readonly ProcessFigures[]): ProcessFigures {
  return {
    residentBytes: figures.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    // Hundredths, without what adding fractions leaves.
    cpuSeconds: Math.round(figures.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) * 100) / 100,
  };
}
