import { programWords } from '@piranha/common';

/** The original told these, and only these words, to run uptime on the other side. */
const REMOTE_SHELLS = new Set(['rsh', 'ssh']);

/** The words of a load monitor for one server: its own, the address, and `uptime` for a remote shell. */
export function loadMonitorWords(command: string, address: string): readonly string[] {
  const words = programWords(command);
  return words.length === 1 && REMOTE_SHELLS.has(command.trim())
    ? [...words, address, 'uptime']
    : [...words, address];
}

/**
 * The load of the last minute in what uptime, rup or ruptime print: the first number behind `load` or `load
 * average:`. A decimal comma is taken too.
 */
export function readLoad(text: string): number | undefined {
  const number = /load(?:[^:\n0-9]{0,40}:)?[ \t]{0,10}([0-9]{1,7}(?:\.[0-9]{1,6}|,[0-9]{2}(?![0-9]))?)/.exec(
    text,
  )?.[1];
  return number === undefined ? undefined : Number(number.replace(',', '.'));
}
