import type { EventFields } from '@piranha/events/catalogue';

/** One line about the end of a time in which two directors had the same addresses: how long, who keeps them, and what clients met. */

export interface SplitEnd {
  /** The other director of several; undefined for the partner. */
  readonly name: string | undefined;
  /** For how long both had them at most, ms; Infinity where that began before this process did. */
  readonly atMostMs: number;
  /** undetermined: this node let them go, and the other one is not heard any more. */
  readonly keeper: 'this node' | 'other' | 'undetermined';
  /** The rule by which it was decided. */
  readonly reason: string;
  /** This node was silent during some of it, and may have stood still. */
  readonly wasSilent: boolean;
}

/** The fields of `PULSE_SPLIT_HEALED`. */
export function splitFields({ name, atMostMs, keeper, reason, wasSilent }: SplitEnd): EventFields {
  const other = name ?? 'the partner';
  const keeps = {
    'this node': 'this node keeps',
    other: `${other} keeps`,
    undetermined: 'this node let go of',
  };
  return {
    other,
    duration: durationText(atMostMs),
    keeps: `${keeps[keeper]} them (${reason})`,
    clients: clientsText(other, keeper, wasSilent),
    ...(atMostMs === Infinity ? {} : { atMostMs: Math.ceil(atMostMs) }),
  };
}

/** Never less than it may have been. */
function durationText(atMostMs: number): string {
  if (atMostMs === Infinity) return 'since before this pulse began';
  return `for at most ${(Math.max(1, Math.ceil(atMostMs / 100)) / 10).toFixed(1)} s`;
}

function clientsText(other: string, keeper: SplitEnd['keeper'], wasSilent: boolean): string {
  const [where, who] = keeper === 'this node' ? [`at ${other}`, 'this node'] : ['here', other];
  const still = wasSilent ? '; while this machine stood still, if it did, it answered nobody' : '';
  return (
    'whoever reached both may have met resets, whoever reached only one noticed nothing until now; ' +
    `connections opened ${where} meanwhile break unless failover_state lets ${who} go on with them${still}`
  );
}
