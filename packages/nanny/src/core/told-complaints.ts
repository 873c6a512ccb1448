import type { CheckComplaint, CheckOutcome } from '../check.js';

/** The same is not told again within this time, ms, unless the checks between were all of that kind: then never. */
const TELL_EVERY_MS = 60_000;
/** So many different ones are told in that time. */
const MOST_TOPICS = 4;

/** What was logged of the failures of one server's checks, so that one that fails otherwise each time fills no log. */
export interface ToldComplaints {
  /** Of the check before, if it was logged then or earlier: a long outage is told once. */
  readonly last: string | undefined;
  readonly recent: readonly { readonly topic: string; readonly atMs: number }[];
  /** Not logged since the last line. */
  readonly untold: number;
}

/** Of a server whose checks never failed. */
export const NOTHING_TOLD: ToldComplaints = { last: undefined, recent: [], untold: 0 };

/**
 * What a check says of itself, if it is to be logged.
 * @param isDecisive the server's state changes by it: then it is always told, for it is the reason
 */
export function tellComplaint(
  told: ToldComplaints,
  { complaint, reason, topic = reason }: CheckOutcome,
  isDecisive: boolean,
  nowMs: number,
): { readonly told: ToldComplaints; readonly line: CheckComplaint | undefined } {
  if (complaint === undefined) {
    return { told: told.last === undefined ? told : { ...told, last: undefined }, line: undefined };
  }
  if (topic === told.last) return { told, line: undefined };
  const recent = told.recent.filter(({ atMs }) => nowMs - atMs < TELL_EVERY_MS);
  const isNews = recent.length < MOST_TOPICS && !recent.some((one) => one.topic === topic);
  if (!isNews && !isDecisive) {
    return { told: { last: undefined, recent, untold: told.untold + 1 }, line: undefined };
  }
  const others = recent.filter((one) => one.topic !== topic).slice(1 - MOST_TOPICS);
  const { untold } = told;
  return {
    told: { last: topic, recent: [...others, { topic, atMs: nowMs }], untold: 0 },
    line: untold === 0 ? complaint : { ...complaint, fields: { ...complaint.fields, untold } },
  };
}
