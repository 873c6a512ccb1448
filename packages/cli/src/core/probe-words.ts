import { addressFamily } from '@piranha/common';
import { quotedWord } from '@piranha/config';

/** What a probe asks, and where. */
export interface ProbeTarget {
  readonly host: string;
  /** Undefined where none is named. */
  readonly port: number | undefined;
}

/** Reads HOST, HOST:PORT or [IPV6]:PORT; undefined for anything else. */
export function readTarget(text: string): ProbeTarget | undefined {
  const match =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/\s]+)|([0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))(?::([0-9]{1,5}))?$/.exec(
      text,
    );
  const host = match?.[1] ?? match?.[2] ?? match?.[3];
  if (host === undefined) return undefined;
  const port = match?.[4] === undefined ? undefined : Number(match[4]);
  return port !== undefined && (port < 1 || port > 65_535) ? undefined : { host, port };
}

/** An lvs.cf with one check block, and the line of each of its words, from 1. */
export interface ProbeFile {
  readonly text: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

/**
 * The file that says what a probe shall do, so that its words mean what they mean in a check block.
 * @throws UserError `CF_EDIT_BAD_VALUE` for a value that lvs.cf cannot hold
 */
export function probeFile(
  kind: string,
  address: string,
  port: number | undefined,
  words: readonly (readonly [name: string, value: string])[],
): ProbeFile {
  const block = [['kind', kind] as const, ...words].map(([name, value]) => `${name} = ${written(value)}`);
  const before = [
    'primary = 192.0.2.1',
    'virtual probe {',
    'active = 1',
    // A service of the server's own family: with another the file would have an error that nobody made.
    `address = ${addressFamily(address) === 6 ? '2001:db8::2' : '192.0.2.2'} eth0:1`,
    'check probe {',
  ];
  const after = [
    '}',
    'server probe {',
    `address = ${address}`,
    'active = 1',
    `port = ${port ?? 0}`,
    '}',
    '}',
    '',
  ];
  const lines = [...before, ...block, ...after];
  return { text: lines.join('\n'), firstLine: before.length, lastLine: before.length + block.length };
}

/** A byte string is what words are made of. */
function written(value: string): string {
  const bytes = new TextEncoder().encode(value);
  const text = quotedWord(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}
