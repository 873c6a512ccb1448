import type { HeartbeatMeasurement } from '@piranha/protocol';
import type { HeartbeatAdvice } from '@piranha/protocol/heartbeat-advice';
import { countText, durationText, rateText, shareText } from './figures.js';

/** The own lateness from which on it is worth a word, as a share of the keepalive. */
const NOTABLE_LATENESS = 0.2;

/** A partner with twice the keepalive seems to lose half. */
const NOTABLE_LOSS = 0.3;

function missedReason({ missed, missedShare, bursts }: HeartbeatAdvice): string {
  const share = `at most ${shareText(missedShare)} are (95 % sure)`;
  if (missed === 0) {
    return `No heartbeat was missed on all paths: ${share}. Whether losses would come in bursts is not known then; 1 % is taken for the next one.`;
  }
  const times = missed === 1 ? 'once' : `${countText(missed)} times`;
  const seen = `Heartbeats were missed on all paths ${times}: ${share}`;
  return bursts
    ? `${seen}, and in bursts: behind a missed one more are missed. That asks for the deadtime, and a shorter keepalive would not help.`
    : `${seen}, as far as measured each by chance.`;
}

function deadtimeReason({ proposal, tailMs }: HeartbeatAdvice): string[] {
  if (proposal === undefined) return [];
  const { keepaliveMs, deadtimeMs } = proposal;
  const inARow = Math.floor((deadtimeMs - tailMs) / keepaliveMs);
  return [
    `In ${durationText(deadtimeMs)} ${inARow} heartbeats in a row must be missed; up to ${durationText(tailMs)} late is not missed.`,
  ];
}

function limitReason({ byTimeAlone }: HeartbeatAdvice): string[] {
  if (byTimeAlone === undefined) return [];
  return [
    'What did not happen in the measured time is not in it, such as a switch that restarts.',
    `Without any model, that time only proves less than ${rateText(byTimeAlone)} (95 % sure).`,
  ];
}

function pathReasons({ paths, keepaliveMs }: HeartbeatMeasurement): string[] {
  return paths.flatMap(({ name, heard, quality: { month } }) => {
    if (!heard) return [`Path ${name} was never heard: see lvsctl doctor.`];
    const lost = month.lost / Math.max(1, month.beats + month.lost);
    const question = 'Has the partner the same keepalive?';
    if (lost > NOTABLE_LOSS) {
      return [`Path ${name}: ${shareText(lost)} of the heartbeats did not come. ${question}`];
    }
    if (month.p50Ms <= keepaliveMs / 4) return [];
    const about = durationText(keepaliveMs + month.p50Ms);
    return [`Path ${name}: half of the gaps are about ${about}. ${question}`];
  });
}

function adaptiveReason({ adaptive }: HeartbeatMeasurement): string {
  const { enabled, thresholdMs, because } = adaptive;
  if (thresholdMs === undefined) return `adaptive = ${Number(enabled)}; it could do nothing now: ${because}.`;
  const when = `after ${durationText(thresholdMs)} of silence on all paths`;
  if (enabled)
    return `adaptive = 1; measured now: the partner counts as dead ${when}. In use: see lvsctl status.`;
  return `adaptive = 0; with 1 the partner would count as dead ${when}.`;
}

/** Why the advice is as it is, and what it does not know: a sentence or two each. */
export function adviceReasons(measured: HeartbeatMeasurement, advice: HeartbeatAdvice): string[] {
  const { keepaliveMs, own, interruptions, partner } = measured;
  if (partner === 'none') return [];
  const silent = 'The partner is silent now: this is what was measured before.';
  const late = `This pulse itself was late by up to ${durationText(own.maxMs)}: it needs processor time.`;
  const cut = `${countText(interruptions)} silences longer than the deadtime are left out: the partner may have been down. If it was up, each was a false takeover.`;
  return [
    ...(advice.proposal === undefined ? [] : [missedReason(advice)]),
    ...deadtimeReason(advice),
    ...limitReason(advice),
    ...(partner === 'silent' ? [silent] : []),
    ...(interruptions === 0 ? [] : [cut.replace(/^1 silences (.*) are left/, '1 silence $1 is left')]),
    ...pathReasons(measured),
    ...(own.p999Ms > NOTABLE_LATENESS * keepaliveMs ? [late] : []),
    adaptiveReason(measured),
  ];
}
