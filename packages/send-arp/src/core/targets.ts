import { type AnnouncementTarget, addressBytes } from '@piranha/net';
import { type Wrong, wrong } from './wrong.js';

/** Addresses that one process announces. */
export const TARGET_LIMIT = 1_000;
const DEVICE = /^[^\s/=]{1,32}$/;

/** Reads words of the form DEV=ADDRESS; at least one, at most 1,000. */
export function readTargets(words: readonly string[]): readonly AnnouncementTarget[] | Wrong {
  if (words.length === 0) {
    return wrong(
      'SEND_ARP_USAGE',
      'nothing to announce',
      'name addresses as DEV=ADDRESS, such as eth0=10.0.0.9',
    );
  }
  if (words.length > TARGET_LIMIT) {
    const reason = `${words.length} addresses, more than ${TARGET_LIMIT}`;
    return wrong('SEND_ARP_LIMIT', reason, 'share them among several calls');
  }
  const targets: AnnouncementTarget[] = [];
  for (const word of words) {
    const target = readTarget(word);
    if ('kind' in target) return target;
    targets.push(target);
  }
  return targets;
}

/** The words of an input with one DEV=ADDRESS a line. Blank lines and lines that start with # do not count. */
export function wordsOfLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function readTarget(word: string): AnnouncementTarget | Wrong {
  const end = word.indexOf('=');
  const device = word.slice(0, Math.max(end, 0));
  if (!DEVICE.test(device)) {
    const hint = 'write DEV=ADDRESS, such as eth0=10.0.0.9 or eth0:1=fd00::9';
    return wrong('SEND_ARP_TARGET', `'${shown(word)}' is not of the form DEV=ADDRESS`, hint);
  }
  const address = word.slice(end + 1);
  if (addressBytes(address) === undefined) {
    return wrong(
      'SEND_ARP_ADDRESS',
      `'${shown(address)}' is no IP address`,
      'names and prefix lengths are not understood',
    );
  }
  return { interface: device, address };
}

/** A word of an input that may be anything, for a message on a terminal. */
function shown(word: string): string {
  const plain = word.replaceAll(/[^\x20-\x7e]/g, '?');
  return plain.length > 60 ? `${plain.slice(0, 60)}...` : plain;
}
