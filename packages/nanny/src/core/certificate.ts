const DAY_MS = 86_400_000;

/** Days that a certificate has left, rounded down, where they are few enough to warn of; undefined else. */
export function endingDays(validTo: string, warnDays: number, nowMs: number): number | undefined {
  const endMs = Date.parse(validTo);
  if (warnDays === 0 || Number.isNaN(endMs)) return undefined;
  const days = Math.floor((endMs - nowMs) / DAY_MS);
  return days < warnDays ? days : undefined;
}

/** A server that shows a new one each time is not remembered without end. */
const REMEMBERED = 64;
/** Least time between two new ones of one event, ms; who shows a new one each time fills no log. */
const TELL_EVERY_MS = 60_000;

/** Remembers what was warned of: once for each certificate and event, also where a server has several in turn. */
export class WarnedCertificates {
  private readonly told = new Set<string>();
  private readonly toldMs = new Map<string, number>();

  /** True the first time that it is asked, or a minute after another one of that event. */
  isNews(event: string, fingerprint: string, nowMs: number): boolean {
    const key = `${event} ${fingerprint}`;
    if (this.told.has(key)) return false;
    if (nowMs - (this.toldMs.get(event) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return false;
    this.toldMs.set(event, nowMs);
    const [oldest] = this.told;
    if (this.told.size >= REMEMBERED && oldest !== undefined) this.told.delete(oldest);
    this.told.add(key);
    return true;
  }
}
