import type { DirectorStatus, PulseStatus } from '@piranha/protocol';
import { columns, terminalText } from './terminal-text.js';

function saysText({ life, duty, isRelayed }: DirectorStatus): string {
  if (life === 'unknown') return 'not heard yet';
  if (life === 'dead') return 'SILENT';
  const serves = duty === 'active' ? 'serves' : (duty ?? 'lives');
  return isRelayed ? `${serves}, heard by others alone` : serves;
}

/** Nothing of a director that is not heard: nobody knows. */
function readyText({ duty, ready, because }: DirectorStatus): string {
  if (ready === undefined || duty === 'active') return '';
  return ready ? 'ready to take over: yes' : `ready to take over: NO, because ${terminalText(because ?? '')}`;
}

function heardText({ heardAgoMs }: DirectorStatus): string {
  return heardAgoMs === undefined ? '' : `heard ${(heardAgoMs / 1_000).toFixed(1)} s ago`;
}

/** Which director this is; nothing where lvs.cf has no director blocks. */
export function ownDirectorRows({ name, rank, directors }: PulseStatus): string[][] {
  if (name === undefined || rank === undefined || directors === undefined) return [];
  return [['director', `${terminalText(name)}, rank ${rank} of ${directors.length + 1}`]];
}

/** Every other director; nothing where lvs.cf has no director blocks. */
export function directorLines({ directors }: PulseStatus): string[] {
  if (directors === undefined || directors.length === 0) return [];
  const rows = directors.map((one) => [
    '',
    terminalText(one.name),
    `rank ${one.rank}`,
    terminalText(saysText(one)),
    heardText(one),
    readyText(one),
  ]);
  return ['other directors', ...columns(rows)];
}
