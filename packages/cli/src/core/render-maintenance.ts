import type { DrainCounts, MaintainedServer, ServerMaintenance } from '@piranha/protocol';
import { spanText } from './terminal-text.js';

/** What lvsctl says of servers that are out of service by order. */

/** In the column of a server's state. */
export function phaseText({ phase }: ServerMaintenance): string {
  return phase === 'held' ? 'order held' : phase.toUpperCase();
}

/** Who took it out, when and why. */
export function orderText(maintenance: ServerMaintenance, nowMs: number): string {
  const { kind, by, at, reason, phase } = maintenance;
  const sinceMs = Date.parse(at);
  const ago = Number.isNaN(sinceMs) ? '' : ` (${spanText(nowMs - sinceMs)})`;
  const held = phase === 'held' ? ' not obeyed, no other server is up' : '';
  return `${kind} by ${by} at ${at}${ago}${held}${reason === '' ? '' : `: ${reason}`}`;
}

/** `web/one (10.0.0.11:80)`. */
export function serverText({ service, server, address }: MaintainedServer): string {
  return `${service}/${server} (${address})`;
}

function countsText({ active, inactive, templates }: DrainCounts): string {
  const back = templates === 0 ? '' : `, ${templates} persistent clients may come back`;
  return `${active} active, ${inactive} closing or without state${back}`;
}

/** How far a server is, as one line; for a drain with what is left. */
export function progressText(placed: MaintainedServer): string {
  const { maintenance } = placed;
  const name = serverText(placed);
  if (maintenance === undefined) return `${name}: in service as its check says`;
  const { phase, left } = maintenance;
  switch (phase) {
    case 'draining':
      return `${name}: draining, ${left === undefined ? 'not counted yet' : countsText(left)}`;
    case 'drained':
      return `${name}: drained, ${drainedText(left)}`;
    case 'disabled':
      return `${name}: disabled, out of the table`;
    case 'held':
      return `${name}: in service: its file has to wait, no other server is up`;
  }
}

function drainedText(left: DrainCounts | undefined): string {
  const isEmpty = left === undefined || left.active + left.inactive + left.templates === 0;
  return isEmpty
    ? 'no connection is left'
    : `its time limit was over: ${left.active} active and ${left.inactive} other connections were left`;
}
